"""The HTML of the control page, on which people see what is stored and change the stand-in."""

from datetime import UTC, datetime
from html import escape

from simulators.bucket.faults import ENDPOINTS, KINDS
from simulators.bucket.pages import page
from simulators.bucket.site import Site
from simulators.bucket.store import Person, Property, Thing
from simulators.bucket.values import Row, read_rows
from simulators.fault_form import fault_section
from simulators.forms import field, form, select

SHOWN = 5
"""How many rows of a Property the page shows."""
YES_NO = {"true": "yes", "false": "no"}


def control_page(site: Site) -> str:
    everybody = site.store.people.values()
    using = [one for one in everybody if site.tokens.of(one.username) or site.store.things_of(one.id)]
    others = ", ".join(escape(one.name) for one in everybody if one not in using)
    unused = f"<p>Not connected, and without Things: {others}.</p>" if others else ""
    return page(
        "Control",
        f"<h1>What people keep in their Bucket</h1>{''.join(_person(site, one) for one in using)}{unused}"
        f'{_left_behind(site)}<p><a href="/oauth2/sessions/logout">Sign out of Bucket in this browser</a></p>'
        f"<h1>What goes wrong</h1>{_faults(site)}<h1>Settings</h1>{_settings(site)}"
        f"<h1>Requests</h1>{_requests(site)}",
        wide=True,
    )


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"


def _person(site: Site, person: Person) -> str:
    grants = site.tokens.of(person.username)
    scopes = " ".join(dict.fromkeys(scope for grant in grants for scope in grant.scopes))
    state = f"connected: {escape(scopes)}" if grants else "not connected"
    things = site.store.things_of(person.id)
    buttons = form("expire", "<button>Expire access tokens</button>", username=person.username)
    buttons += form("revoke", "<button>Revoke</button>", username=person.username)
    return (
        f"<section><h2><b>{escape(person.name)}</b> · {_count(len(things), 'Thing')}</h2><p>{state}</p>"
        f"{buttons if grants else ''}{''.join(_thing(site, one) for one in things)}</section>"
    )


def _thing(site: Site, thing: Thing) -> str:
    properties = "".join(_property(site, one) for one in site.store.properties_of(thing.id))
    delete = form("things/delete", "<button>Delete the Thing</button>", thing_id=thing.id)
    return (
        f"<details><summary><b>{escape(thing.name)}</b> · {escape(thing.type)}</summary>"
        f"<p><code>{escape(thing.id)}</code></p>{properties}{delete}</details>"
    )


def _property(site: Site, one: Property) -> str:
    dimensions = site.store.types[one.type_id].dimensions
    points = site.store.series.every(one.id)
    newest = [*reversed(read_rows(points[-SHOWN:], dimensions))]
    lines = "".join(f"<div>{_row_in_words(row)}</div>" for row in newest)
    delete = form("properties/delete", "<button>Delete</button>", property_id=one.id)
    return (
        f'<div class="row"><span><b>{escape(one.name)}</b> · {escape(one.type_id)} · {_count(len(points), "row")}'
        f"<small>{lines}</small></span>{delete}</div>"
    )


def _row_in_words(row: Row) -> str:
    at, *values = row
    when = datetime.fromtimestamp(float(at or 0) / 1000, UTC)
    return escape(f"{when:%d %b %Y %H:%M:%S} UTC: {', '.join(map(str, values))}")


def _left_behind(site: Site) -> str:
    orphans = list(site.store.orphans())
    rows = sum(site.store.series.count(one) for one in orphans)
    return f"<p>{rows} rows are left of {len(orphans)} Properties whose Thing was deleted.</p>" if rows else ""


def _faults(site: Site) -> str:
    return fault_section(site.faults, KINDS, ENDPOINTS, "items", "status")


def _settings(site: Site) -> str:
    now = site.settings
    orders = {"reversed": "reversed", "plain": "as defined"}
    fields = (
        field("token_life_s", "access token, seconds", now.token_life_s, size=9)
        + field("refresh_life_s", "refresh token, seconds", now.refresh_life_s, size=10)
        + select("dimensions", "dimensions of one Property", orders, now.dimensions)
        + select("drop_description", "a new Thing loses its description", YES_NO, str(now.drop_description).lower())
        + select("lose_first_claims", "claims of the first scope are lost", YES_NO, str(now.lose_first_claims).lower())
    )
    limit = site.limit
    limits = field("requests", "requests", limit.requests) + field("window_s", "in seconds", limit.window_s)
    return form("settings", f"{fields}<button>Set</button>") + form("limit", f"{limits}<button>Set</button>")


def _requests(site: Site) -> str:
    counts = ", ".join(f"{escape(name)} {count}" for name, count in sorted(site.statuses.items()))
    limit = site.limit
    used = f"{limit.used} of {limit.requests} in this window, {limit.rejected} refused."
    return f"<p>{used}</p><p>{counts or 'None yet.'}</p>"
