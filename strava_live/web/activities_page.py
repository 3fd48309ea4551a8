"""/activities/: what an athlete has saved, and a page for each. What is done with them is in activity_verbs.py."""

import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.db.models.functions import Substr
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from strava_live.activities.models import PARKRUN, Activity, ActivityQuerySet
from strava_live.activities.parkruns_to_save import parkruns_to_save
from strava_live.protocol import LARGEST_ID
from strava_live.web.activity_words import removal_of, shown
from strava_live.web.signed_in import signed_in

ROWS_A_PAGE = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SAVED = Q(state=Activity.State.SAVED)
CHOICES = {"saved": "Saved", "parkruns": "Parkruns", "unsaved": "Not saved", "all": "All"}
CHOSEN = {"saved": SAVED, "parkruns": PARKRUN, "unsaved": ~SAVED, "all": Q()}
YEAR = re.compile(r"[0-9]{4}")


@login_required
@never_cache
@require_safe
def activities_page(request: HttpRequest) -> HttpResponse:
    athlete_id = signed_in(request).pk
    mine = Activity.objects.of(athlete_id)
    choice, year = filters_of(request)
    of_year = mine.filter(wall_clock__startswith=f"{year}-") if year else mine
    counts = of_year.aggregate(**{name: Count("pk", filter=which) for name, which in CHOSEN.items()})
    page = {
        "choice": choice,
        "choices": [(label, counts[name], link(name, year), name == choice) for name, label in CHOICES.items()],
        "year": year,
        "years": years_of(mine, choice, year),
        "any_year": link(choice),
        "newest": link(choice, year),
        "some_saved": mine.saved().exists(),
        "parkruns_to_save": len(parkruns_to_save(athlete_id)),
        "removal": removal_of(athlete_id),
        **rows_of(of_year.filter(CHOSEN[choice]), request.GET.get("before"), counts[choice], link(choice, year)),
    }
    return render(request, "activities/activities.html", page)


def filters_of(request: HttpRequest) -> tuple[str, str]:
    choice, year = request.GET.get("show", "saved"), request.GET.get("year", "")
    if choice not in CHOICES or (year and not YEAR.fullmatch(year)):
        raise Http404
    return choice, year


def link(choice: str, year: str = "") -> str:
    return f"?{urlencode({'show': choice} | ({'year': year} if year else {}))}"


def years_of(mine: ActivityQuerySet, choice: str, chosen: str) -> list[tuple[str, str, bool]]:
    """Each year with an activity of this choice, newest first, with its address. The chosen one is always there."""
    with_year = mine.filter(CHOSEN[choice]).annotate(year=Substr("wall_clock", 1, 4))
    years: Collection[str] = with_year.order_by().values_list("year", flat=True).distinct()
    return [(year, link(choice, year), year == chosen) for year in sorted({*years, chosen} - {""}, reverse=True)]


def rows_of(chosen: ActivityQuerySet, before: str | None, count: int, address: str) -> dict[str, Any]:
    """The rows of one page, where it stands among all, and the addresses of the pages beside it."""
    rows = chosen.newest_first()
    if before:
        rows = rows.older_than(*place_of(before))
    found = list(rows[: ROWS_A_PAGE + 1])
    on_page = found[:ROWS_A_PAGE]
    first = 1 + newer_count(chosen, on_page) if before else 1
    return {
        "rows": [shown(row, points=60) for row in on_page],
        "before": before,
        "first": first,
        "last": first + len(on_page) - 1,
        "count": count,
        "older": f"{address}&before={cursor_of(on_page[-1])}" if len(found) > ROWS_A_PAGE else "",
        "newer": newer_page(chosen, on_page, address) if before and first > 1 else "",
    }


def newer_count(chosen: ActivityQuerySet, on_page: list[Activity]) -> int:
    return chosen.newer_than(on_page[0].start, on_page[0].strava_id).count() if on_page else 0


def newer_page(chosen: ActivityQuerySet, on_page: list[Activity], address: str) -> str:
    newer = chosen.newer_than(on_page[0].start, on_page[0].strava_id).order_by("start", "strava_id")
    above = newer[ROWS_A_PAGE : ROWS_A_PAGE + 1].first()
    return f"{address}&before={cursor_of(above)}" if above else address


def cursor_of(row: Activity) -> str:
    """A place in the list, which stays where it is whatever is added or removed meanwhile."""
    return f"{round(row.start.timestamp())},{row.strava_id}"


def place_of(cursor: str) -> tuple[datetime, int]:
    try:
        seconds, strava_id = map(int, cursor.split(","))
        place = EPOCH + timedelta(seconds=seconds), strava_id
    except (ValueError, OverflowError):
        raise Http404 from None
    if not 0 <= strava_id <= LARGEST_ID:
        raise Http404
    return place


@login_required
@never_cache
@require_safe
def activity_page(request: HttpRequest, strava_id: int) -> HttpResponse:
    athlete_id = signed_in(request).pk
    row = Activity.objects.of(athlete_id).filter(strava_id=strava_id).first()
    if row is None:
        raise Http404
    page = {"activity": shown(row, points=1000), "removal": removal_of(athlete_id)}
    return render(request, "activities/activity.html", page)
