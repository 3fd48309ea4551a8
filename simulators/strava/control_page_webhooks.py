"""The section of the control page about webhook events: how they are sent, their outcomes, and a forged one."""

import json
from html import escape

from simulators.forms import field, form, options, select
from simulators.strava import signatures
from simulators.strava.sending import MODES, Sending
from simulators.strava.site import Site
from simulators.strava.webhooks import Webhooks

SHOWN = 8
"""How many deliveries the page shows."""
MODE_WORDS = {"send": "sent", "hold": "held back", "lose": "lost"}
SIGNATURE_WORDS = {
    "right": "signed",
    "wrong": "signed with a wrong secret",
    "stale": "signed ten minutes ago",
    "none": "not signed",
}
YES_NO = {"true": "yes", "false": "no"}


def webhooks_section(site: Site, webhooks: Webhooks) -> str:
    known, counts = webhooks.subscription, webhooks.summary()
    state = f"Events go to {escape(known.callback_url)}." if known else "There is no subscription, so no event is sent."
    last = "".join(
        f'<div class="row"><span><code>{escape(json.dumps(one["event"]))}</code></span>'
        f"<span>{one['state'].replace('_', ' ')} {one['attempts'] or ''}</span></div>"
        for one in reversed(webhooks.report(SHOWN))
    )
    release = form(
        "webhooks/release",
        '<label class="small"><input type="checkbox" name="reversed"> newest first</label>'
        "<button>Send what was held</button>",
    )
    return (
        f"<p>{state} {counts['events']} events so far: {counts['delivered']} deliveries, {counts['given_up']} given up,"
        f" {counts['lost']} lost, {counts['held']} held, {counts['sending']} on their way.</p>"
        f"<h2>How events are sent</h2>{_sending(webhooks.sending)}<h2>New activities</h2>{_uploads(site)}"
        f"<h2>Held and forged events</h2>{release}{_forge(site)}"
        f"<details><summary>Latest deliveries</summary>{last or '<p>None yet.</p>'}</details>"
    )


def _sending(how: Sending) -> str:
    """Return the form that changes how events are sent."""
    fields = (
        select("mode", "events", {mode: MODE_WORDS[mode] for mode in MODES}, how.mode),
        select("signature", "signature", {kind: SIGNATURE_WORDS[kind] for kind in signatures.KINDS}, how.signature),
        field("secret", "secret", how.secret, size=16),
        select("copies", "copies", {"1": "1", "2": "2", "3": "3"}, str(how.copies)),
        select("vary_copies", "fewer copies at random", YES_NO, str(how.vary_copies).lower()),
        field("delay_ms", "delay, ms", how.delay_ms),
        field("jitter_ms", "random delay up to, ms", how.jitter_ms),
        field("shuffle_ms", "shuffled within, ms", how.shuffle_ms),
        field("lost_share", "share lost, 0 to 1", how.lost_share, size=4),
        field("retry_s", "tried again after, s", how.retry_s, size=4),
    )
    return form("webhooks", f'<div class="fields">{"".join(fields)}</div><button>Set</button>')


def _uploads(site: Site) -> str:
    """Return the form that sets how long the call for a new activity answers 404, and if it is listed meanwhile."""
    settings = site.settings
    found = field("not_found_ms", "answers 404 for, ms", settings.not_found_ms)
    listed = select("listed_at_once", "listed at once", YES_NO, str(settings.listed_at_once).lower())
    return form("settings", f'<div class="fields">{found}{listed}</div><button>Set</button>')


def _forge(site: Site) -> str:
    """Return the form that sends a forged event: by default, that an activity was deleted."""
    owner = next(iter(sorted(site.tokens.connected() & site.athletes.keys())), 1)
    timeline = site.athletes[owner].timeline if owner in site.athletes else None
    event = {
        "object_type": "activity",
        "object_id": timeline.newest(0).id if timeline else 1,
        "aspect_type": "delete",
        "updates": {},
        "owner_id": owner,
        "subscription_id": 1,
        "event_time": int(site.clock()),
    }
    signature = options({kind: SIGNATURE_WORDS[kind] for kind in signatures.KINDS}, "none")
    inside = (
        f'<textarea name="event" rows="3" aria-label="Event">{escape(json.dumps(event))}</textarea>'
        f'<select name="signature" aria-label="Signature">{signature}</select><button>Send the forged event</button>'
    )
    return f"<details><summary>Forge an event</summary>{form('webhooks/forge', inside)}</details>"
