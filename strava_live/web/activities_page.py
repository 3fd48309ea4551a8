"""/activities/: the list of an athlete's activities. /activities/<id>/: one activity. Forms: activity_actions.py."""

import re
from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.db.models.functions import Substr
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from strava_live.activities.athlete_state import current_mark
from strava_live.activities.models import PARKRUN, Activity, ActivityQuerySet
from strava_live.activities.parkruns_to_save import parkruns_to_save
from strava_live.web.access import signed_in_user
from strava_live.web.activity_words import CHOICES, activity_words, empty_list_words, latest_removal_words

PAGE_SIZE = 50
SAVED = Q(state=Activity.State.SAVED)
FILTERS = {"saved": SAVED, "parkruns": PARKRUN, "unsaved": ~SAVED, "all": Q()}
"""The choices of the list's filter (`show` in the query string), with the condition of each."""
YEAR = re.compile(r"[0-9]{4}")


@login_required
@never_cache
@require_safe
def activities_page(request: HttpRequest) -> HttpResponse:
    athlete_id = signed_in_user(request).pk
    # Read the mark before the activities: the page's script then finds a change in between.
    mark = current_mark(athlete_id)
    mine = Activity.objects.of(athlete_id)
    choice, year = chosen_filters(request)
    of_year = mine.filter(wall_clock__startswith=f"{year}-") if year else mine
    counts = of_year.aggregate(**{name: Count("pk", filter=condition) for name, condition in FILTERS.items()})
    page = {
        "mark": mark,
        "choice": choice,
        "choices": [(label, counts[name], filter_link(name, year), name == choice) for name, label in CHOICES.items()],
        "year": year,
        "years": year_links(mine, choice, year),
        "any_year": filter_link(choice),
        "newest": filter_link(choice, year),
        "some_saved": mine.saved().exists(),
        "parkruns_to_save": len(parkruns_to_save(athlete_id)),
        "removal": latest_removal_words(athlete_id),
        **rows_context(
            of_year.filter(FILTERS[choice]), request.GET.get("before", ""), counts[choice], filter_link(choice, year)
        ),
    }
    if not page["rows"]:
        page["empty"] = empty_list_words(page)
    return render(request, "activities/activities.html", page)


def chosen_filters(request: HttpRequest) -> tuple[str, str]:
    """Return `show` and `year` of the query string; the year is "" for all years. Raise Http404 if one is invalid."""
    choice, year = request.GET.get("show", "saved"), request.GET.get("year", "")
    if choice not in CHOICES or (year and not YEAR.fullmatch(year)):
        raise Http404
    return choice, year


def filter_link(choice: str, year: str = "") -> str:
    return f"?{urlencode({'show': choice} | ({'year': year} if year else {}))}"


def year_links(mine: ActivityQuerySet, choice: str, chosen: str) -> list[tuple[str, str, bool]]:
    """Return a link for each year that has an activity in the filter `choice`, newest first.

    Each is a tuple: the year, the address, and whether it is the `chosen` year. The chosen year is included even if it
    has no activity.
    """
    with_year = mine.filter(FILTERS[choice]).annotate(year=Substr("wall_clock", 1, 4))
    years: Collection[str] = with_year.order_by().values_list("year", flat=True).distinct()
    return [(year, filter_link(choice, year), year == chosen) for year in sorted({*years, chosen} - {""}, reverse=True)]


def rows_context(rows: ActivityQuerySet, before: str, count: int, link: str) -> dict[str, Any]:
    """Return the part of the template context that depends on the page of the list.

    It has the page's rows, `first` and `last` ("51 to 100 of 214"), and the addresses of the older and the newer page.
    """
    page = rows.page(PAGE_SIZE, before=before)
    newer = newer_rows(rows, page.rows) if before and page.rows else rows.none()
    first = newer.count() + 1
    return {
        "rows": [activity_words(row, route_points=60) for row in page.rows],
        "before": before,
        "first": first,
        "last": first + len(page.rows) - 1,
        "count": count,
        "older": f"{link}&before={page.older}" if page.older else "",
        "newer": newer_link(newer, link) if first > 1 else "",
    }


def newer_rows(rows: ActivityQuerySet, on_page: list[Activity]) -> ActivityQuerySet:
    return rows.newer_than(on_page[0].start, on_page[0].strava_id)


def newer_link(newer: ActivityQuerySet, link: str) -> str:
    """Return the address of the page that shows the PAGE_SIZE oldest of the `newer` rows."""
    next_newer = newer.order_by("start", "strava_id")[PAGE_SIZE : PAGE_SIZE + 1].first()
    return f"{link}&before={newer.cursor_of(next_newer)}" if next_newer else link


@login_required
@never_cache
@require_safe
def activity_page(request: HttpRequest, strava_id: int) -> HttpResponse:
    athlete_id = signed_in_user(request).pk
    row = Activity.objects.of(athlete_id).filter(strava_id=strava_id).first()
    if row is None:
        raise Http404
    page = {"activity": activity_words(row, route_points=1000), "removal": latest_removal_words(athlete_id)}
    return render(request, "activities/activity.html", page)
