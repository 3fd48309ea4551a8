"""The HTML of the control page, on which people see the messages and switch on faults."""

import json
from datetime import UTC, datetime
from html import escape
from itertools import islice

from simulators.fault_form import fault_section
from simulators.forms import form
from simulators.pages import page
from simulators.push.browser import Browser
from simulators.push.faults import ENDPOINTS, KINDS
from simulators.push.site import Sent, Site

NOTICE = "<b>A stand-in for push services.</b> Nothing leaves this machine."
SHOWN = 50
"""How many messages the page shows."""
SHOWN_HEADERS = ("ttl", "urgency", "topic")


def control_page(site: Site) -> str:
    newest = "".join(map(_message, islice(reversed(site.received.messages), SHOWN)))
    counts = ", ".join(f"{status}: {count}" for status, count in sorted(site.received.statuses.items()))
    add = form("browsers", '<button class="main">Subscribe another browser</button>')
    forget = form("messages/clear", "<button>Forget all messages</button>")
    return page(
        "Push",
        f"<h1>What was sent to browsers</h1><p>Answers: {counts or 'none yet'}.</p>{newest}{forget}"
        f"<h1>Made-up browsers</h1>{''.join(map(_browser, site.browsers.values()))}{add}"
        f"<h1>What goes wrong</h1>{fault_section(site.faults, KINDS, ENDPOINTS, 'status', 'retry_after')}",
        notice=NOTICE,
        wide=True,
    )


def _message(sent: Sent) -> str:
    when = datetime.fromtimestamp(sent.at, UTC)
    headers = " · ".join(f"{name} {sent.headers[name]}" for name in SHOWN_HEADERS if name in sent.headers)
    said = sent.text if sent.text is not None else sent.why or f"{len(sent.body)} bytes for a browser elsewhere"
    return (
        f'<div class="row"><span><b>{escape(said)}</b><br><small>{when:%d %b %H:%M:%S} UTC · answered {sent.status}'
        f" · to {escape(sent.token[:8])}… · {escape(headers)}</small></span></div>"
    )


def _browser(browser: Browser) -> str:
    state = "has unsubscribed" if browser.gone else "subscribed"
    stop = form("browsers/unsubscribe", "<button>Unsubscribe</button>", token=browser.token)
    return (
        f'<div class="row"><span><b>{escape(browser.token[:8])}…</b> {state}<br>'
        f"<code>/push/{escape(browser.token)} {escape(json.dumps(browser.keys))}</code></span>"
        f"{'' if browser.gone else stop}</div>"
    )
