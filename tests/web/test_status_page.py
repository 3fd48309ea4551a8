"""/status/: who may see it, what it says, and that it agrees with /metrics and with the tables."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries, Settings

from strava_live.accounts.models import User
from strava_live.clubs.models import Club
from strava_live.status.figures import Sample, SiteFigures, read_tables
from strava_live.strava.budget import BudgetStatus
from strava_live.strava.limits import SINGLE_PLAYER, Meters
from strava_live.sync.models import SyncRun
from strava_live.web.status_budget import history_bars, history_sentence, meter
from strava_live.web.status_page import PARTS
from strava_live.web.status_words import headline, seconds_words, status_words
from strava_live.web.sync_words import exhausted_words
from tests.status import rows
from tests.web.reading import said

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def budget_with(*used: int, closed: bool = False) -> BudgetStatus:
    ends, day_ends = NOON + timedelta(minutes=15), NOON + timedelta(hours=12)
    return BudgetStatus(Meters(*used), SINGLE_PLAYER, closed, ends, day_ends, degraded=False)


UNUSED = budget_with(0, 0, 0, 0)


def figures(budget: BudgetStatus | None = UNUSED) -> SiteFigures:
    now = timezone.now()
    return SiteFigures(at=now, budget=budget, tables=read_tables(now))


# --- Access


@pytest.mark.parametrize("path", ["/status/", "/status/parts/"])
def test_signed_out_people_are_sent_to_sign_in(client: Client, path: str) -> None:
    answer = client.get(path)

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/accounts/login/?next={path}")


def test_people_without_a_club_see_it_too_and_the_footer_leads_there(as_athlete: Client, client: Client) -> None:
    answer = as_athlete.get("/status/")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert '<a href="/status/">Status</a>' in said(as_athlete.get("/privacy/"))
    assert "/status/" not in said(client.get("/privacy/"))
    assert as_athlete.post("/status/").status_code == 405


def test_page_names_no_person(as_athlete: Client, athlete: User, clubmate: User) -> None:
    Club.objects.create(slug="striders", name="Striders")
    rows.waiting_run(clubmate, SyncRun.Wait.BUSY)
    event = rows.event(clubmate, received=60, took=1, object_id=987654321)

    page = said(as_athlete.get("/status/"))
    main = page[page.index("<main") : page.index("</main>")]

    for secret in (clubmate.username, "Bruno", "Striders", str(event.object_id), event.digest):
        assert secret not in main


def said_words(html: str) -> str:
    return re.sub(r"<[^>]*>", " ", html)


# --- The same figures everywhere


def test_page_without_any_row(as_athlete: Client) -> None:
    page = said(as_athlete.get("/status/"))

    assert "Our background work has stopped" in page
    assert "No update has been measured yet." in page
    assert "No history yet." in page
    assert "No import is waiting." in page
    assert "not set up" in page


@pytest.mark.django_db(transaction=True)
def test_page_agrees_with_metrics_and_with_the_tables(as_athlete: Client, athlete: User, clubmate: User) -> None:
    rows.event(athlete, received=60, took=1)
    rows.event(athlete, received=50, took=3)
    rows.event(athlete, received=40)
    rows.waiting_run(athlete, SyncRun.Wait.BUSY)
    rows.running_run(clubmate)
    rows.process(rows.WORKER)
    rows.process(rows.WEB, takes_up=False)
    rows.subscription()

    page = said_words(said(as_athlete.get("/status/")))
    families = text_string_to_metric_families(as_athlete.get("/metrics").content.decode())
    found = {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}

    def metric(name: str, *labels: str) -> float:
        return found[f"saturday_live_{name}", *labels]

    assert words_after(page, "Updates in the last hour") == f"{metric('events_last_hour'):.0f}" == "3"
    assert words_after(page, "Updates that wait") == f"{metric('queue_length', 'events'):.0f}" == "1"
    assert words_after(page, "Workers") == f"{metric('processes', 'worker'):.0f} running" == "1 running"
    assert words_after(page, "Web processes") == f"{metric('processes', 'web'):.0f} running" == "1 running"
    assert words_after(page, "Doing background work") == f"{metric('processes_taking_up'):.0f} process"
    assert f"{metric('event_to_feed_seconds', 'median'):.1f} s" == "2.0 s"
    assert "about 2.0 s after Strava knows of them" in page
    assert (metric("runs_waiting", "busy"), metric("runs_running")) == (1, 1)
    assert "1 import waits for room" in page
    assert "1 import is running." in page
    used, limit = (metric(f"strava_requests_{name}", "read", "day") for name in ("used", "limit"))
    assert f"{used:,.0f} of {limit:,.0f} requests" in page


def words_after(text: str, label: str) -> str:
    return re.split(r" {2,}", text[text.index(label) + len(label) :].strip())[0]


@pytest.mark.parametrize("count", [1, 300])
def test_number_of_queries_does_not_grow(
    as_athlete: Client, athlete: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        rows.event(athlete, received=number, took=1)
        rows.process(rows.WEB)
        rows.sample(number, used=1)

    with django_assert_num_queries(12):  # two for the session and its user
        as_athlete.get("/status/")
    with django_assert_num_queries(11):
        as_athlete.get("/status/parts/")


def test_parts_are_those_of_the_page(as_athlete: Client, athlete: User) -> None:
    rows.event(athlete, received=60, took=1)
    rows.sample(20, used=50)

    answer = json.loads(as_athlete.get("/status/parts/").content)
    page = said(as_athlete.get("/status/"))

    assert tuple(answer["parts"]) == PARTS
    assert re.fullmatch(r"\d\d:\d\d:\d\d", answer["at"])
    for name, html in answer["parts"].items():
        assert f'data-part="{name}"' in page
        assert " ".join(html.replace("&#x27;", "'").split()) in page


# --- Words


def test_headline_is_good_with_and_without_a_measured_run(athlete: User) -> None:
    rows.process(rows.WORKER)
    assert headline(figures()).says == "New runs don't arrive by themselves yet. Import them on My Strava."

    rows.subscription()
    assert headline(figures()) == (
        "good",
        "Strava is answering",
        "New runs arrive by themselves. None has yet, so there is no time to show.",
    )
    rows.event(athlete, received=5, took=1.2)
    assert headline(figures(budget=None)).says == "Runs reach the club about 1.2\xa0s after Strava knows of them."


def test_headline_names_what_stops_runs_first(athlete: User, settings: Settings) -> None:
    rows.event(athlete, received=400)
    rows.event(athlete, received=20)
    late = headline(figures())
    assert (late.tone, late.title) == ("trouble", "Our background work has stopped")

    rows.process(rows.WEB)
    late = headline(figures())
    assert (late.tone, late.title) == ("wait", "Runs arrive late")
    assert late.says == "2 updates from Strava wait, the oldest for 7\xa0minutes. They follow by themselves."

    rows.waiting_run(athlete, SyncRun.Wait.STRAVA_DOWN)
    down = headline(figures())
    assert (down.tone, down.title) == ("trouble", "Strava isn't answering")
    assert down.says == "1 import waits. We keep trying, and nothing is lost."

    settings.STRAVA_CONFIGURED = False
    assert headline(figures()).title == "Strava isn't set up"


@pytest.mark.parametrize(
    ("budget", "until"),
    [
        (budget_with(0, 0, 84, 84), None),
        (budget_with(0, 0, 85, 85), "12:15"),  # what is left is for people who wait
        (budget_with(170, 0, 0, 0), "12:15"),
        (budget_with(0, 0, 0, 0, closed=True), "12:15"),
        (budget_with(0, 0, 85, 850), "00:00"),
        (budget_with(0, 1700, 0, 0), "00:00"),
    ],
)
def test_headline_when_stravas_limit_is_reached(budget: BudgetStatus, until: str | None) -> None:
    rows.process(rows.WORKER)

    found = headline(figures(budget))

    assert (found.title == "Strava's limit is reached") == (until is not None)
    assert until is None or found.says == f"New runs and imports carry on at {until}, by themselves."
    assert exhausted_words(budget) == (f"They have run out until {until}." if until else "")


def test_waiting_runs_say_why_and_until_when(athlete: User, clubmate: User, captain: User) -> None:
    rows.waiting_run(athlete, SyncRun.Wait.RATE_LIMIT, until=NOON)
    rows.waiting_run(clubmate, SyncRun.Wait.STRAVA_DOWN, until=NOON)
    rows.waiting_run(captain, SyncRun.Wait.BUSY)

    assert [tuple(row) for row in status_words(figures())["waiting"]] == [
        ("1 import waits for Strava's limit", "until 12:00"),
        ("1 import waits because Strava isn't answering", "next try 12:00"),
        ("1 import waits for room", "starts soon"),
    ]


@pytest.mark.parametrize(
    ("signatures", "words"),
    [
        (["verified"], "signed and checked"),
        (["unverified", "unverified"], "signed, not checked"),
        (["verified", "verified", "unsigned"], "not signed, 1 of the last 3"),
    ],
)
def test_signature_is_that_of_the_last_update(athlete: User, signatures: list[str], words: str) -> None:
    for number, signature in enumerate(signatures):
        rows.event(athlete, received=60 - number, signature=signature)

    assert ("Strava's signature", words) in status_words(figures())["updates"]


def test_times_of_other_days_name_the_day(athlete: User) -> None:
    rows.event(athlete, received=26 * 3600, took=1)

    last = dict(status_words(figures())["updates"])["Last update"]

    assert re.fullmatch(r"(Yesterday|[A-Z][a-z]+day \d+ [A-Z][a-z]+( \d+)?), \d\d:\d\d", last)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-1, "0.0 s"), (1.24, "1.2 s"), (9.96, "10 s"), (119.4, "119 s"), (150, "2 minutes"), (7200, "2 hours")],
)
def test_seconds_in_words(seconds: float, words: str) -> None:
    assert seconds_words(seconds).replace("\xa0", " ") == words


# --- History


def sample_at(minute: int, used: int, limit: int = 100) -> Sample:
    at = NOON + timedelta(minutes=minute)
    return Sample(at, Meters(used, used, used, used), Meters(200, 2000, limit, 1000))


def test_history_has_a_bar_for_each_quarter_and_gaps() -> None:
    samples = [sample_at(-360, 9), sample_at(-31, 100), sample_at(-30, 2), sample_at(-16, 90), sample_at(-1, 0)]

    bars = history_bars(samples, budget_with(0, 0, 40, 0), NOON + timedelta(minutes=3))

    assert [(one.time, one.used, one.level) for one in bars] == [
        ("11:15 to 11:30", 100, "full"),
        ("11:30 to 11:45", 90, "high"),
        ("11:45 to 12:00", 0, "normal"),
        ("12:00 to 12:15", 40, "normal"),
    ]
    assert [one.height for one in bars] == [100, 90, 1.5, 40]
    assert all(one.top + one.height == 100 for one in bars)
    assert bars[-1].x == pytest.approx(100 - 100 / 24, abs=0.01)
    assert history_sentence(bars) == "The most in a quarter of an hour was 100 of 100, from 11:15 to 11:30."
    assert history_sentence(bars[2:3]) == "No requests in the last six hours."


def test_meter_of_a_limit_that_is_passed() -> None:
    found = meter("Today", 1100, 1000, NOON)

    assert (found.says, found.percent, found.level) == ("1,100 of 1,000 requests", 100, "full")
    assert found.until == "Starts again at 12:00"
