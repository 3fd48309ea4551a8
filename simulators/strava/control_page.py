"""The HTML of the control page, on which people change the stand-in. Its forms post to control calls."""

from datetime import UTC, datetime
from html import escape

from simulators.fault_form import fault_section
from simulators.forms import form, options
from simulators.strava.activity import utc_offset
from simulators.strava.athletes import Athlete
from simulators.strava.control_page_saturday import saturday_section
from simulators.strava.control_page_webhooks import webhooks_section
from simulators.strava.events import five_k_events
from simulators.strava.faults import ENDPOINTS, KINDS
from simulators.strava.pages import page
from simulators.strava.saturday import Saturday
from simulators.strava.site import Site
from simulators.strava.webhooks import Webhooks

SHOWN = 6
"""How many activities of an athlete the page shows."""
VISIBILITIES = {"everyone": "Everyone", "followers_only": "Followers", "only_me": "Only you"}
TRIMS = {
    "0": "whole map",
    "200": "ends trimmed by 200 m",
    "400": "ends trimmed by 400 m",
    "800": "ends trimmed by 800 m",
}
ENDS = {"false": "start and end moved", "true": "start and end empty"}
"""What a trimmed map says of the places where the activity began and ended."""


def control_page(site: Site, webhooks: Webhooks, saturday: Saturday) -> str:
    everybody = site.athletes.values()
    people = "".join(_athlete(site, one) for one in everybody if not one.club_runner)
    club = _club_runners(site, [one for one in everybody if one.club_runner])
    return page(
        "Control",
        f"{saturday_section(site, webhooks, saturday)}<h1>What the athletes do</h1>{people}{club}"
        f"<h1>What goes wrong</h1>{_faults(site)}<h1>What is used</h1>{_usage(site)}"
        f"<h1>Webhook events</h1>{webhooks_section(site, webhooks)}",
        wide=True,
    )


def _athlete(site: Site, athlete: Athlete) -> str:
    grants = site.tokens.of(athlete.id)
    scopes = ", ".join(sorted(set().union(*(grant.scopes for grant in grants))))
    state = f"connected: {escape(scopes)}" if grants else "not connected"
    events = options({event.slug: event.name for event in five_k_events()}, athlete.event)
    finish = form(
        "parkrun",
        f'<select name="event" aria-label="Event">{events}</select>'
        '<label class="small"><input type="checkbox" name="right_now"> right now, whatever the day</label>'
        '<button class="main">Finish a parkrun</button>',
        athlete_id=athlete.id,
    )
    ends = form("expire", "<button>Expire access tokens</button>", athlete_id=athlete.id)
    ends += form("revoke", "<button>Revoke</button>", athlete_id=athlete.id)
    rows = "".join(_activity_row(athlete, index) for index in range(min(SHOWN, len(athlete.timeline))))
    return (
        f"<section><h2><b>{escape(athlete.name)}</b> · {escape(athlete.about)}</h2>"
        f"<p>{len(athlete.timeline)} activities · {state}</p>{finish}"
        f"<details><summary>Latest activities, tokens</summary>{rows}{ends if grants else ''}</details></section>"
    )


def _club_runners(site: Site, athletes: list[Athlete]) -> str:
    """Return the club runners in one closed list, with one button each."""
    if not athletes:
        return ""
    connected = site.tokens.connected()
    rows = "".join(
        f'<div class="row"><span><b>{escape(one.name)}</b> · {escape(one.about)}'
        f"{'' if one.id in connected else ' · not connected'}</span>"
        f"{form('parkrun', '<button>Finish a parkrun</button>', athlete_id=one.id)}</div>"
        for one in athletes
    )
    count = sum(one.id in connected for one in athletes)
    return (
        f"<section><h2><b>Club runners at Bushy</b> · {count} of {len(athletes)} connected</h2>"
        f"<details><summary>All {len(athletes)}</summary>{rows}</details></section>"
    )


def _activity_row(athlete: Athlete, index: int) -> str:
    activity = athlete.timeline.newest(index)
    local = datetime.fromtimestamp(activity.start + utc_offset(activity.zone, activity.start), UTC)
    rename = form(
        "activity/change",
        f'<input name="name" value="{escape(activity.name)}" aria-label="Name"><button>Rename</button>',
        id=activity.id,
    )
    hide = form(
        "activity/change",
        f'<select name="visibility" aria-label="Visibility">{options(VISIBILITIES, activity.visibility)}</select>'
        "<button>Set</button>",
        id=activity.id,
    )
    ends = options(ENDS, str(activity.ends_hidden).lower())
    trim = form(
        "activity/change",
        f'<select name="trimmed_m" aria-label="Map">{options(TRIMS, str(activity.trimmed_m))}</select>'
        f'<select name="ends_hidden" aria-label="Start and end">{ends}</select>'
        "<button>Set</button>",
        id=activity.id,
    )
    delete = form("activity/delete", "<button>Delete</button>", id=activity.id)
    summary = f"{local:%a %d %b %Y %H:%M} · {escape(activity.sport_type)} · {activity.distance / 1000:.2f} km"
    return f'<div class="row"><span>{summary}</span>{rename}{hide}{trim}{delete}</div>'


def _faults(site: Site) -> str:
    return fault_section(site.faults, KINDS, ENDPOINTS, "status", "retry_after")


def _usage(site: Site) -> str:
    limits = site.limits
    short, day = limits.used()
    fields = "".join(
        f'<label class="small">{words}<input name="{name}" size="9" value="{value}"></label>'
        for name, words, value in (
            ("read", "read", f"{limits.read[0]},{limits.read[1]}"),
            ("overall", "overall", f"{limits.overall[0]},{limits.overall[1]}"),
            ("window_s", "window, seconds", limits.window_s),
            ("used", "used", f"{short},{day}"),
        )
    )
    dead = site.tokens.counts.dead_refresh_tokens_presented
    return (
        f"<p>{short} of {limits.read[0]} in this window, {day} of {limits.read[1]} today, {limits.rejected} rejected;"
        f" {dead} dead refresh tokens presented.</p>{form('limits', fields + '<button>Set</button>')}"
    )
