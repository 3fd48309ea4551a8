"""/bucket/things/<id>/properties/<id>/: a Property's values of a range, as a table, a chart and CSV."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from strava_live.bucket_client.dimension_order import in_order_of, reordered
from strava_live.bucket_client.errors import BucketError
from strava_live.bucket_client.payloads import LAST_MS
from strava_live.bucket_client.shapes import NUMBER, BucketProperty, BucketRow, Dimension, ReadRows, Thing
from strava_live.bucket_client.stock_types import STOCK_TYPES
from strava_live.time_zones import today_in, zone_or_utc
from strava_live.web.access import signed_in_user
from strava_live.web.bucket_access import (
    AskedTooOften,
    MyBucket,
    ask_about_thing,
    asked_too_often,
    explained,
    owned_connection,
)
from strava_live.web.bucket_chart import Chart, chart_of
from strava_live.web.bucket_connect import requires_bucket
from strava_live.web.bucket_csv import csv_of
from strava_live.web.bucket_forms import RangeForm, RowsForm, field_time
from strava_live.web.bucket_words import column_label, columns_of, example_row, table_rows, type_name, type_words

ROWS_ON_A_PAGE = 200
MOST_CHARTS = 4
YEAR = 365
SPANS = ((7, "7 days"), (30, "30 days"), (YEAR, "A year"))
EVERYTHING = {"from": "0", "to": ""}


@dataclass(frozen=True, slots=True)
class ShownProperty:
    """A Property as the page shows it, with the Thing that it belongs to."""

    thing: Thing
    found: BucketProperty
    dimensions: tuple[Dimension, ...]
    """The dimensions in the order in which people type and read values: the same for every version of Bucket."""

    @property
    def name(self) -> str:
        return self.found.name or type_name(self.found.type.id)

    @property
    def cannot_write(self) -> str:
        """Return why values cannot be typed, as a sentence; "" if they can."""
        if not self.dimensions:
            return "Bucket doesn't say what a row of this type holds, so we can't write one."
        if any(one.is_media for one in self.dimensions):
            return "Values of this type are files, which can't be typed. Use another app to add them."
        return ""


@dataclass(frozen=True, slots=True)
class Asked:
    """The Property that an address names, and the person who has asked for it."""

    request: HttpRequest
    thing_id: str
    property_id: str

    @property
    def zone(self) -> ZoneInfo:
        return zone_or_utc(signed_in_user(self.request).time_zone)

    @property
    def address(self) -> str:
        return reverse("bucket_property", args=[self.thing_id, self.property_id])

    @property
    def asks_for_range(self) -> bool:
        return not self.request.GET.keys().isdisjoint(EVERYTHING)

    @property
    def range(self) -> dict[str, str]:
        """The first and the last time as the query string has them. Without them, the last year: a Property may hold
        more rows than can be read at once."""
        if self.asks_for_range:
            given = {name: self.request.GET.get(name, "") for name in EVERYTHING}
            return given if any(given.values()) else EVERYTHING
        return last_days(YEAR, self)

    def range_form(self) -> RangeForm:
        return RangeForm(self.range, zone=self.zone, last_ms=LAST_MS)


def last_days(days: int, asked: Asked) -> dict[str, str]:
    """Return the range of the last days, and of everything later."""
    today = today_in(signed_in_user(asked.request).time_zone)
    return {"from": f"{today - timedelta(days=days):%Y-%m-%d}", "to": ""}


@login_required
@requires_bucket
@never_cache
@require_safe
def values_page(request: HttpRequest, thing_id: str, property_id: str) -> HttpResponse:
    asked = Asked(request, thing_id, property_id)
    connection = owned_connection(request)
    form, error = asked.range_form(), None
    context: dict[str, Any] = base_context(asked) | range_context(asked, form)
    try:
        if form.is_valid():
            shown, rows = ask_about_thing(
                request, connection, lambda mine: property_and_rows(mine, asked, form.range_ms)
            )
            context |= property_context(asked, shown)
            if isinstance(rows, BucketError):
                error = rows
            else:
                context |= rows_context(asked, shown, rows)
        else:
            context |= property_context(
                asked, ask_about_thing(request, connection, lambda mine: get_shown(mine, asked))
            )
    except BucketError as failure:
        error = failure
    if error is not None:
        context["trouble"] = explained(error)
    status = 422 if form.errors else 200 if error is None else error.code.status
    answer = render(request, "bucket/property.html", context, status=status)
    return asked_too_often(answer, error) if isinstance(error, AskedTooOften) else answer


@login_required
@requires_bucket
@never_cache
@require_safe
def values_csv(request: HttpRequest, thing_id: str, property_id: str) -> HttpResponse:
    """Answer with the values of a range as CSV, oldest first, with times in milliseconds as Bucket has them."""
    asked = Asked(request, thing_id, property_id)
    connection = owned_connection(request)
    form = asked.range_form()
    page = f"{asked.address}?{request.GET.urlencode()}"
    if not form.is_valid():
        return HttpResponseRedirect(page)
    try:
        shown, rows = ask_about_thing(request, connection, lambda mine: property_and_rows(mine, asked, form.range_ms))
        if isinstance(rows, BucketError):
            raise rows
    except BucketError as error:
        messages.error(request, explained(error))
        return HttpResponseRedirect(page)
    name = f"{slugify(shown.name, allow_unicode=True) or 'values'}.csv"
    text = csv_of(shown.dimensions or rows.dimensions, in_order(shown, rows))
    headers = {"Content-Disposition": content_disposition_header(True, name)}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


async def property_and_rows(
    mine: MyBucket, asked: Asked, range_ms: tuple[int, int]
) -> tuple[ShownProperty, ReadRows | BucketError]:
    """Return the Property, and its rows or the error for which they could not be read."""
    first, last = range_ms
    reading = mine.client.read_values(mine.tokens, asked.thing_id, asked.property_id, from_ms=first, to_ms=last)
    shown, rows = await asyncio.gather(get_shown(mine, asked), reading, return_exceptions=True)
    if isinstance(shown, BaseException):
        raise shown
    if isinstance(rows, BaseException) and not isinstance(rows, BucketError):
        raise rows
    return shown, rows


async def get_shown(mine: MyBucket, asked: Asked) -> ShownProperty:
    """Return the Property. Answer 404 if the Thing has none with this id."""
    thing = await mine.client.get_thing(mine.tokens, asked.thing_id)
    found = next((one for one in thing.properties if one.id == asked.property_id), None)
    if found is None:
        raise Http404
    return ShownProperty(thing, found, usual_order(found))


def usual_order(found: BucketProperty) -> tuple[Dimension, ...]:
    """Return the dimensions in the order of STOCK_TYPES, because some versions of Bucket name them reversed."""
    dimensions = found.type.dimensions or ()
    stock = STOCK_TYPES.get(found.type.id)
    return (in_order_of(stock.dimensions or (), dimensions) if stock else None) or dimensions


def in_order(shown: ShownProperty, read: ReadRows) -> list[BucketRow]:
    """Return the rows, oldest first, with their values in the order of the page's columns."""
    return list(reordered(read.rows, given=read.dimensions, wanted=shown.dimensions or read.dimensions))


def base_context(asked: Asked) -> dict[str, Any]:
    """Return the part of the template context that needs no call to Bucket."""
    ids = [asked.thing_id, asked.property_id]
    return {
        "thing_id": asked.thing_id,
        "property_id": asked.property_id,
        "name": "Property",
        "address": asked.address,
        "write_address": reverse("bucket_write", args=ids),
    }


def property_context(asked: Asked, shown: ShownProperty) -> dict[str, Any]:
    return {
        "name": shown.name,
        "description": shown.found.description,
        "thing_name": shown.thing.name,
        "type_words": type_words(shown.found.type),
        "columns": columns_of(shown.dimensions),
        "cannot_write": shown.cannot_write,
        "rows_form": RowsForm(example=example_row(shown.dimensions)),
    }


def range_context(asked: Asked, form: RangeForm) -> dict[str, Any]:
    given = asked.range
    spans = [*((last_days(days, asked), label) for days, label in SPANS), (EVERYTHING, "Everything")]
    if form.is_valid():
        limits = zip(given, form.range_ms, strict=True)
        times = {name: field_time(limit, asked.zone) if given[name].strip("0") else "" for name, limit in limits}
        form = RangeForm(times, zone=asked.zone, last_ms=LAST_MS)
    return {
        "range_form": form,
        "spans": [{"query": query_of(span), "label": label, "is_chosen": given == span} for span, label in spans],
        "everything": given == EVERYTHING,
        "range_words": "" if asked.asks_for_range else "There are none from the last year.",
        "here": asked.request.get_full_path(),
        "csv": f"{reverse('bucket_csv', args=[asked.thing_id, asked.property_id])}{query_of(given)}",
    }


def query_of(given: dict[str, str]) -> str:
    kept = {name: value for name, value in given.items() if value}
    return f"?{urlencode(kept)}" if kept else ""


def rows_context(asked: Asked, shown: ShownProperty, read: ReadRows) -> dict[str, Any]:
    rows = in_order(shown, read)
    dimensions = shown.dimensions or read.dimensions
    pages = max(1, -(-len(rows) // ROWS_ON_A_PAGE))
    page = min(max(1, page_number(asked)), pages)
    newest_first = rows[::-1][(page - 1) * ROWS_ON_A_PAGE : page * ROWS_ON_A_PAGE]
    return {
        "count": len(rows),
        "rows": table_rows(newest_first, asked.zone),
        "columns": columns_of(dimensions),
        "charts": charts_of(shown.name, rows, dimensions, asked.zone),
        "order_unknown": not read.order_is_known and len(rows) > 0,
        "page": page,
        "pages": pages,
        "newer": page_address(asked, page - 1) if page > 1 else "",
        "older": page_address(asked, page + 1) if page < pages else "",
    }


def page_number(asked: Asked) -> int:
    written = asked.request.GET.get("page", "1")
    return int(written) if written.isdecimal() and len(written) < 7 else 1


def page_address(asked: Asked, page: int) -> str:
    query = asked.request.GET.copy()
    query["page"] = str(page)
    return f"{asked.address}?{query.urlencode()}"


def charts_of(name: str, rows: list[BucketRow], dimensions: tuple[Dimension, ...], zone: ZoneInfo) -> list[Chart]:
    """Return a chart for each of the first columns with numbers. A single column's chart has the Property's name."""
    drawn: list[Chart] = []
    for place, one in enumerate(dimensions):
        if one.kind == NUMBER and len(drawn) < MOST_CHARTS:
            points = [(row.at_ms, value) for row in rows if isinstance(value := row.values[place], int | float)]
            if (chart := chart_of(name if len(dimensions) == 1 else column_label(one), points, zone)) is not None:
                drawn.append(chart)
    return drawn
