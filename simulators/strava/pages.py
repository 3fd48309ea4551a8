"""The HTML of the consent page, of the refusal if no more athletes may connect, and of a page's frame."""

from collections.abc import Mapping
from html import escape

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


def refused(reason: str) -> str:
    """Return the page that answers a form of the control page if its call is refused."""
    return page(
        "Not done",
        f"<h1>That did not work</h1><p>{escape(reason[:1].upper() + reason[1:])}</p>"
        '<p><a href="/control/">Back to the control page</a></p>',
    )


def page(title: str, body: str, *, wide: bool = False) -> str:
    """Return a complete page, with a notice that this is a stand-in for Strava."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · stand-in</title><style>{STYLE}</style></head><body>"
        '<p class="notice"><b>A stand-in, not Strava.</b> These athletes do not exist; nothing leaves this machine.</p>'
        f"<main{' class=wide' * wide}>{body}</main></body></html>"
    )


STYLE = """
:root { color-scheme: light dark; --ground: #f3f5f7; --card: #fff; --ink: #1a2330; --soft: #5b6775; --line: #d9dfe6;
  --strong: #17607a; --on-strong: #fff; --notice: #fff3cd; --on-notice: #4d3b00; --bad: #a3262a; }
@media (prefers-color-scheme: dark) { :root { --ground: #10151b; --card: #1a222c; --ink: #e8edf2; --soft: #9aa7b5;
  --line: #303b48; --strong: #6cc3df; --on-strong: #08222c; --notice: #3d3312; --on-notice: #f6e3a1; --bad: #ff9a9d; } }
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; background: var(--ground); color: var(--ink); }
.notice { margin: 0; padding: .6rem 1rem; background: var(--notice); color: var(--on-notice); text-align: center; }
main { max-width: 34rem; margin: 1.5rem auto; padding: 1.25rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 1rem; }
main.wide { max-width: 72rem; }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 1rem; text-wrap: balance; }
h2 { font-size: 1rem; margin: 1.5rem 0 .5rem; color: var(--soft); }
q { quotes: "“" "”"; }
.choice { display: flex; gap: .75rem; align-items: baseline; padding: .55rem .75rem; border: 1px solid var(--line);
  border-radius: .6rem; margin-bottom: .4rem; cursor: pointer; }
.choice:has(:checked) { border-color: var(--strong); }
.choice small { display: block; color: var(--soft); }
.choice i { font-style: normal; font-size: .8rem; color: var(--strong); }
section { border-bottom: 1px solid var(--line); padding-bottom: 1rem; }
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
a { color: var(--strong); }
textarea { font: .85rem/1.4 ui-monospace, monospace; width: 100%; padding: .5rem; border: 1px solid var(--line);
  border-radius: .5rem; color: inherit; background: var(--ground); }
button:disabled { opacity: .5; cursor: not-allowed; }
.line { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: .4rem 0; }
.row { display: flex; flex-wrap: wrap; gap: .2rem 1rem; align-items: center; padding: .4rem 0;
  overflow-wrap: anywhere; }
.row > span { flex: 1 1 16rem; }
.small { display: inline-flex; gap: .4rem; align-items: center; font-size: .85rem; color: var(--soft); }
select, input:not([type=checkbox], [type=radio], [type=hidden]) { font: inherit; max-width: 100%; min-height: 2.75rem;
  padding: .3rem .5rem; border: 1px solid var(--line); border-radius: .5rem; color: inherit;
  background: var(--ground); }
.fields { display: grid; gap: .6rem 1rem; width: 100%;
  grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); }
.fields label { display: grid; gap: .15rem; align-content: end; }
.fields label :is(input, select) { width: 100%; color: var(--ink); }
summary { cursor: pointer; padding: .4rem 0; }
main.wide h1 { margin-top: 2rem; }
main.wide button.main { flex: none; }
input { accent-color: var(--strong); }
code { font-size: .8rem; color: var(--soft); }
.buttons { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1.5rem 0 0; }
button { font: inherit; padding: .6rem 1.2rem; min-height: 2.75rem; border: 1px solid var(--line); border-radius: .6rem;
  background: transparent; color: inherit; cursor: pointer; }
button.main { flex: 1; background: var(--strong); color: var(--on-strong); border-color: var(--strong);
  font-weight: 600; }
button:focus-visible, input:focus-visible, select:focus-visible, a:focus-visible {
  outline: 3px solid var(--strong); outline-offset: 2px; }
"""
