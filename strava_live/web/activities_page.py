"""/activities/: an athlete's activities, and a page for each. Their forms are in activity_actions.py."""

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

from strava_live.activities.models import PARKRUN, Activity, ActivityQuerySet
from strava_live.activities.parkruns_to_save import parkruns_to_save
from strava_live.web.access import signed_in_user
from strava_live.web.activity_words import (
    CHOICES,
    ActivityWords,
    activity_words,
    empty_list_words,
    latest_removal_words,
)

PAGE_SIZE = 50
SAVED = Q(state=Activity.State.SAVED)
FILTERS = {"saved": SAVED, "parkruns": PARKRUN, "unsaved": ~SAVED, "all": Q()}
YEAR = re.compile(r"[0-9]{4}")


@login_required
@never_cache
@require_safe
def activities_page(request: HttpRequest) -> HttpResponse:
    athlete_id = signed_in_user(request).pk
    mine = Activity.objects.of(athlete_id)
    choice, year = chosen_filters(request)
    of_year = mine.filter(wall_clock__startswith=f"{year}-") if year else mine
    counts = of_year.aggregate(**{name: Count("pk", filter=condition) for name, condition in FILTERS.items()})
    page = {
        "choice": choice,
        "choices": [(label, counts[name], filter_link(name, year), name == choice) for name, label in CHOICES.items()],
        "year": year,
        "years": year_links(mine, choice, year),
        "any_year": filter_link(choice),
        "newest": filter_link(choice, year),
        "some_saved": mine.saved().exists(),
        "parkruns_to_save": len(parkruns_to_save(athlete_id)),
        "removal": latest_removal_words(athlete_id),
        **page_of(
            of_year.filter(FILTERS[choice]), request.GET.get("before", ""), counts[choice], filter_link(choice, year)
        ),
    }
    if not page["rows"]:
        page["empty"] = empty_list_words(page)
    return render(request, "activities/activities.html", page)


def chosen_filters(request: HttpRequest) -> tuple[str, str]:
    """Return the filter and the year in the address, "" for all years. Raise Http404 if there is no such filter."""
    choice, year = request.GET.get("show", "saved"), request.GET.get("year", "")
    if choice not in CHOICES or (year and not YEAR.fullmatch(year)):
        raise Http404
    return choice, year


def filter_link(choice: str, year: str = "") -> str:
    return f"?{urlencode({'show': choice} | ({'year': year} if year else {}))}"


def year_links(mine: ActivityQuerySet, choice: str, chosen: str) -> list[tuple[str, str, bool]]:
    """Return the years with an activity in this filter, newest first, as year, link and whether it is the chosen one.

    The chosen year is included even if it has no activity.
    """
    with_year = mine.filter(FILTERS[choice]).annotate(year=Substr("wall_clock", 1, 4))
    years: Collection[str] = with_year.order_by().values_list("year", flat=True).distinct()
    return [(year, filter_link(choice, year), year == chosen) for year in sorted({*years, chosen} - {""}, reverse=True)]


def page_of(rows: ActivityQuerySet, before: str, count: int, link: str) -> dict[str, Any]:
    """Return a page's rows, their position among `count`, and the links to the older and the newer page."""
    page = rows.page(PAGE_SIZE, before=before)
    above = rows_above(rows, page.rows) if before and page.rows else rows.none()
    first = above.count() + 1
    return {
        "rows": [with_route(row) for row in page.rows],
        "before": before,
        "first": first,
        "last": first + len(page.rows) - 1,
        "count": count,
        "older": f"{link}&before={page.older}" if page.older else "",
        "newer": newer_link(above, link) if first > 1 else "",
    }


def with_route(row: Activity) -> ActivityWords:
    return activity_words(row, route_points=60)


def rows_above(rows: ActivityQuerySet, on_page: list[Activity]) -> ActivityQuerySet:
    return rows.newer_than(on_page[0].start, on_page[0].strava_id)


def newer_link(above: ActivityQuerySet, link: str) -> str:
    """Return the link to the page that ends with the last of the rows `above`."""
    before_it = above.order_by("start", "strava_id")[PAGE_SIZE : PAGE_SIZE + 1].first()
    return f"{link}&before={above.cursor_of(before_it)}" if before_it else link


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
