"""Idempotent forms: if one is submitted twice, or eight times at the same time, it creates one row."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.messages import get_messages
from django.db.models import Model
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from strava_live.accounts.models import User
from strava_live.clubs import keys
from strava_live.clubs.founding import found_club_at
from strava_live.clubs.models import Club, Invitation, Screen
from strava_live.feed.models import Entry
from strava_live.idempotency.keys import purge_answered_forms
from strava_live.idempotency.models import AnsweredForm
from strava_live.lifecycle.erasure import erase
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.web.once import SENT_BEFORE
from tests.clubs.visits import as_
from tests.together import at_once
from tests.web.forms import filled_in, keys_on

KEY = "abcdefghijklmnopqrstuvwx"
MANAGE = "/clubs/striders/manage/"
PARKRUN = {"event": "Bushy", "day": "2026-11-14", "how": "run", "official_time": "24:31"}


@dataclass(frozen=True)
class Form:
    page: str
    address: str
    fields: dict[str, str]
    wrong: dict[str, str]
    created: type[Model]


CLUB = Form("/clubs/new/", "/clubs/new/", {"name": "Harriers", "time_zone": "UTC"}, {"name": ""}, Club)
INVITATION = Form(MANAGE, f"{MANAGE}invitations/", {"lasts": "7"}, {"lasts": "8"}, Invitation)
SCREEN = Form(MANAGE, f"{MANAGE}screens/", {"name": "Café"}, {"name": ""}, Screen)
ADDED = Form("/parkruns/add/", "/parkruns/add/", PARKRUN, {"day": "2026-11-15"}, ParkrunResult)


@pytest.fixture(params=[CLUB, INVITATION, SCREEN, ADDED], ids=["club", "invitation", "screen", "parkrun"])
def form(request: pytest.FixtureRequest) -> Form:
    found: Form = request.param
    if found is ADDED:
        request.getfixturevalue("today")
    return found


@pytest.fixture
def browser(captain: User, settings: Settings) -> Client:
    """The browser of a captain, who may also create clubs."""
    settings.CLUB_CREATION = "anyone"
    found_club_at("striders", "Striders", time_zone="UTC", captain=captain)
    return as_(captain)


def count(form: Form) -> int:
    created: Any = form.created
    others = {"slug": "striders"} if form is CLUB else {}
    return int(created.objects.exclude(**others).count() if others else created.objects.count())


@pytest.mark.django_db
def test_second_submission_gets_the_first_answer_and_creates_nothing(browser: Client, form: Form) -> None:
    fields = filled_in(browser, form.page, form.fields)

    first, second = (browser.post(form.address, fields) for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 302)
    assert first.headers["Location"] == second.headers["Location"]
    assert count(form) == 1


@pytest.mark.django_db
def test_refused_form_can_be_sent_again_with_its_key(browser: Client, form: Form) -> None:
    refused = browser.post(form.address, {**form.fields, **form.wrong, "idempotency_key": KEY})
    assert refused.status_code == 422
    assert KEY in refused.content.decode()
    assert not AnsweredForm.objects.exists()

    assert browser.post(form.address, {**form.fields, "idempotency_key": KEY}).status_code == 302
    assert count(form) == 1


@pytest.mark.parametrize("key", [None, "", "x" * 65, "not a key", "a\x00b", "ключ"])
@pytest.mark.django_db
def test_form_without_a_valid_key_is_accepted_each_time(browser: Client, key: str | None) -> None:
    fields = SCREEN.fields | ({} if key is None else {"idempotency_key": key})

    for _ in range(2):
        assert browser.post(SCREEN.address, fields).status_code == 302

    assert count(SCREEN) == 2
    assert not AnsweredForm.objects.exists()


@pytest.mark.django_db
def test_key_is_bound_to_a_form_and_a_person(browser: Client, clubmate: User) -> None:
    browser.post(CLUB.address, CLUB.fields | {"idempotency_key": KEY})
    browser.post(SCREEN.address, SCREEN.fields | {"idempotency_key": KEY})
    browser.post(INVITATION.address, INVITATION.fields | {"idempotency_key": KEY})
    answer = as_(clubmate).post(CLUB.address, CLUB.fields | {"idempotency_key": KEY})

    assert (count(CLUB), count(SCREEN), count(INVITATION)) == (2, 1, 1)
    assert answer.headers["Location"] == "/clubs/harriers-2/manage/"


@pytest.mark.django_db
def test_each_form_has_a_key_of_its_own(browser: Client) -> None:
    keys = [*keys_on(browser, MANAGE), *keys_on(browser, MANAGE)]

    assert len(set(keys)) == len(keys) == 4


@pytest.mark.django_db
def test_form_that_is_changed_and_sent_again_says_that_nothing_was_added(browser: Client) -> None:
    """This happens in a browser after Back, which shows the form with the key that was used."""
    first = browser.post(SCREEN.address, {"name": "Café", "idempotency_key": KEY})
    changed = browser.post(SCREEN.address, {"name": "Clubhouse", "idempotency_key": KEY})

    assert changed.headers["Location"] == first.headers["Location"]
    assert SENT_BEFORE in [str(message) for message in get_messages(changed.wsgi_request)]
    assert count(SCREEN) == 1


@pytest.mark.django_db
def test_key_stays_unused_where_there_are_too_many_screens(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "MOST_KEYS", 0)
    browser.post(SCREEN.address, SCREEN.fields | {"idempotency_key": KEY})
    monkeypatch.undo()

    browser.post(SCREEN.address, SCREEN.fields | {"idempotency_key": KEY})

    assert count(SCREEN) == 1


@pytest.mark.django_db(transaction=True)
def test_keys_are_purged_after_a_day(browser: Client) -> None:
    browser.post(SCREEN.address, SCREEN.fields | {"idempotency_key": KEY})
    old = timezone.now() - timedelta(hours=25)
    AnsweredForm.objects.create(digest="old", answered_at=old)

    async_to_sync(purge_answered_forms)()

    assert AnsweredForm.objects.exclude(location="").count() == AnsweredForm.objects.count() == 1


@pytest.mark.django_db
def test_keys_are_deleted_with_the_account(browser: Client, captain: User) -> None:
    browser.post(CLUB.address, CLUB.fields | {"idempotency_key": KEY})

    erase(captain)

    assert not AnsweredForm.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_eight_simultaneous_forms_create_one_thing(browser: Client, captain: User, form: Form) -> None:
    browsers = iter([as_(captain) for _ in range(8)])

    answers = at_once(8, lambda: next(browsers).post(form.address, form.fields | {"idempotency_key": KEY}))

    assert [answer.status_code for answer in answers] == [302] * 8
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert count(form) == 1


@pytest.mark.django_db(transaction=True)
def test_eight_simultaneous_posts_with_one_ref_create_one_entry(browser: Client, captain: User) -> None:
    browsers = iter([as_(captain) for _ in range(8)])

    answers = at_once(8, lambda: next(browsers).post("/clubs/striders/posts/", {"text": "Coffee?", "ref": KEY}))

    assert [answer.status_code for answer in answers] == [302] * 8
    assert Entry.objects.count() == 1
