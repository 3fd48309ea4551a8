"""The HTML of the consent page, of the refusal if no more athletes may connect, and the notice on all pages."""

from collections.abc import Mapping
from html import escape

from simulators import pages
from simulators.strava.athletes import Athlete
from simulators.strava.site import Site

WORDS = {
    "read": "View your public profile",
    "read_all": "View your private segments, routes and events",
    "profile:read_all": "View your complete profile",
    "profile:write": "Change your profile",
    "activity:read": "View your activities that others can see too",
    "activity:read_all": "View all of your activities, also those marked “Only You”",
    "activity:write": "Upload activities",
}


def consent(site: Site, scopes: list[str], fields: Mapping[str, str]) -> str:
    """Return the consent page, where a person chooses an athlete and the scopes to grant."""
    known = site.athletes.values()
    connected = site.tokens.connected()
    people = _choices([one for one in known if not one.club_runner], connected, choose_first=True)
    club_runners = _choices([one for one in known if one.club_runner], connected)
    if club_runners:
        people += f"<details><summary>Or one of the club runners</summary>{club_runners}</details>"
    boxes = "".join(
        f'<label class="choice"><input type="checkbox" name="scope" value="{scope}" checked'
        f"{' disabled' * (scope == 'read')}><span>{escape(WORDS[scope])} <code>{scope}</code></span></label>"
        for scope in dict.fromkeys(["read", *scopes])
    )
    passed_on = "".join(
        f'<input type="hidden" name="{name}" value="{escape(fields[name])}">'
        for name in ("client_id", "redirect_uri", "state")
        if name in fields
    )
    return page(
        "Authorize",
        f"<h1>Connect to <q>{escape(fields['client_id'])}</q>?</h1>"
        f'<form method="post" action="authorize">{passed_on}<h2>You are</h2>{people}<h2>It may</h2>{boxes}'
        '<p class="buttons"><button name="decision" value="authorize" class="main">Authorize</button>'
        '<button name="decision" value="cancel">Cancel</button></p></form>',
    )


def _choices(athletes: list[Athlete], connected: set[int], *, choose_first: bool = False) -> str:
    return "".join(
        f'<label class="choice"><input type="radio" name="athlete_id" value="{one.id}"'
        f"{' checked' * (choose_first and not number)}><span><b>{escape(one.name)}</b>"
        f"{' <i>connected</i>' * (one.id in connected)}<small>{escape(one.about)}</small></span></label>"
        for number, one in enumerate(athletes)
    )


def cap_reached() -> str:
    return page("Error 403", "<h1>Error 403</h1><p>Limit of connected athletes exceeded</p>")


def page(title: str, body: str, *, wide: bool = False) -> str:
    """Return a complete page of the stand-in for Strava."""
    return pages.page(title, body, notice=NOTICE, wide=wide, style=SATURDAY_STYLE)


NOTICE = "<b>A stand-in, not Strava.</b> These athletes do not exist; nothing leaves this machine."
SATURDAY_STYLE = """
.saturday { border: 1px solid var(--line); border-left: .4rem solid var(--strong); border-radius: .8rem;
  padding: 1.1rem 1.25rem; background: var(--ground); }
main.wide .saturday h1 { margin-top: 0; }
.saturday p { max-width: 44rem; text-wrap: pretty; }
.saturday progress { width: 100%; height: .8rem; accent-color: var(--strong); }
.saturday .count { font-size: 1.15rem; margin: 0 0 .3rem; }
.saturday .count b { font-size: 2rem; font-variant-numeric: tabular-nums; }
.saturday .next { margin: .3rem 0 .8rem; color: var(--soft); font-variant-numeric: tabular-nums; }
.finishers { list-style: none; margin: 0 0 1rem; padding: 0; display: grid; gap: 0 1.5rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); }
.finishers li { display: flex; gap: .9rem; align-items: baseline; padding: .4rem 0;
  border-bottom: 1px solid var(--line); }
.finishers b { min-width: 3.2rem; text-align: right; font-variant-numeric: tabular-nums; }
.finishers small { color: var(--strong); }
"""
