"""/clubs/<slug>/screen/<key>/, the page of a wall screen: who may open it, and what it shows of whom."""

import json
import re
from datetime import UTC, datetime, timedelta
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pydantic import TypeAdapter
from pytest_django import DjangoAssertNumQueries

from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.clubs.keys import invite, put_up_screen, revoke_invitation, revoke_screen
from strava_live.clubs.models import Club, Invitation, Membership, Screen
from strava_live.feed.figures import Figures, figures_of
from strava_live.feed.wording import without_parkrun
from strava_live.membership.sharing import share
from strava_live.protocol import FiguresShape
from strava_live.web.club_links import qr_code
from tests.clubs.runs import ran, watched
from tests.together import together
from tests.web.reading import said

FIGURES = TypeAdapter(FiguresShape)  # made once: threads that make one at the same time upset Python 3.11's parser
pytestmark = pytest.mark.django_db
MODULES = Path(__file__).parent.parent.parent / "static" / "js"
IMPORTED = re.compile(r'from "(\.[^"]+)"')
# Features that browsers have had only since about 2018, in JavaScript and in the DOM.
TOO_NEW = re.compile(
    r"\?\.[a-z(\[]|\?\?|\|\|=|&&=|\d_\d|catch \{|#[a-z]\w* ?[=;(]|\.at\(|\.flat\w*\(|\.findLast|\.toSorted"
    r"|replaceAll|replaceChildren|matchAll|fromEntries|allSettled|structuredClone|requestSubmit|IntersectionObserver"
)


@pytest.fixture
def club(athlete: User, clubmate: User) -> Club:
    club = Club.objects.create(slug="striders", name="Striders", time_zone="Europe/London")
    for user in (athlete, clubmate):
        Membership.objects.create(club=club, user=user)
    return club


@pytest.fixture
def screen(club: Club) -> Screen:
    return put_up_screen(club.pk)


def path_of(screen: Screen) -> str:
    return f"/clubs/striders/screen/{screen.secret.reveal()}/"


def wall(screen: Screen) -> str:
    answer = Client().get(path_of(screen))
    assert answer.status_code == 200
    return unescape(said(answer))


def figures(screen: Screen) -> dict[str, Any]:
    answer = Client().get(f"{path_of(screen)}figures/")
    FIGURES.validate_json(answer.content, strict=True, extra="forbid")
    found: dict[str, Any] = answer.json()
    return found


def everything(screen: Screen) -> str:
    """Return all text that a wall screen receives over HTTP."""
    return wall(screen) + json.dumps(figures(screen), ensure_ascii=False)


def test_key_opens_the_wall_which_is_not_indexed(screen: Screen) -> None:
    for path in (path_of(screen), f"{path_of(screen)}figures/"):
        answer = Client().get(path)
        assert answer.status_code == 200
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert "no-store" in answer.headers["Cache-Control"]
        assert not answer.cookies
    assert "Striders" in wall(screen)


def test_key_is_in_no_answer(screen: Screen) -> None:
    assert screen.secret.reveal() not in everything(screen)


@pytest.mark.parametrize("tail", ["", "figures/"])
def test_wrong_key_wrong_club_and_revoked_key_get_the_same_answer(screen: Screen, stranger: User, tail: str) -> None:
    other = put_up_screen(Club.objects.create(slug="other", name="Other").pk)
    wrong = [
        "/clubs/striders/screen/nonsense/",
        f"/clubs/striders/screen/{other.secret.reveal()}/",
        f"/clubs/no-such-club/screen/{screen.secret.reveal()}/",
        f"/clubs/striders/screen/{screen.digest}/",
    ]
    answers = [Client().get(path + tail) for path in wrong]
    revoke_screen(screen.club_id, screen.pk)
    answers.append(Client().get(path_of(screen) + tail))

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert {answer.headers["Referrer-Policy"] for answer in answers} == {"no-referrer"}
    if not tail:
        assert "This screen is off" in said(answers[0])


def test_expired_key_is_refused(screen: Screen) -> None:
    Screen.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(path_of(screen)).status_code == 404


def test_wall_accepts_no_post(screen: Screen) -> None:
    for path in (path_of(screen), f"{path_of(screen)}figures/"):
        assert Client().post(path).status_code == 405


def test_empty_wall_explains_itself(screen: Screen) -> None:
    page = wall(screen)
    assert "Your parkruns will show here" in page
    assert "syncs a parkrun from Strava" in page  # an activity shows up after an import, not as soon as Strava has it
    assert "wall-alone" in page


def test_wall_shows_only_members_who_share(club: Club, screen: Screen, athlete: User) -> None:
    ran(athlete, 0)
    ran(athlete, 7)
    assert "Alva" not in everything(screen)

    share(club.pk, athlete.pk, parkruns=True)
    shown = everything(screen)
    assert shown.count("Alva B.") >= 3  # on the board, among the streaks, in the entries
    assert "Bushy" in shown
    assert "Alva Berg" not in shown

    share(club.pk, athlete.pk, parkruns=False)
    shown = everything(screen)
    assert "Alva" not in shown
    assert "Bushy" not in shown


def test_hidden_member_is_counted_but_not_named(club: Club, screen: Screen, athlete: User) -> None:
    ran(athlete, 0)
    ran(athlete, 7)
    share(club.pk, athlete.pk, parkruns=True, shown_as="hidden")

    shown = everything(screen)

    assert "Alva" not in shown
    assert "A member" in shown
    assert {entry["athlete"] for entry in figures(screen)["entries"]} == {None}


def test_wall_has_no_link_to_an_athlete(club: Club, screen: Screen, athlete: User) -> None:
    ran(athlete, 0)
    share(club.pk, athlete.pk, parkruns=True)

    [entry] = figures(screen)["entries"]

    assert entry["athlete"] == {"name": "Alva B."}
    assert "url" not in entry["data"]
    assert f"/athletes/{athlete.pk}/" not in everything(screen)


@pytest.mark.parametrize(("shown_as", "device"), [("short", "Garmin Forerunner 255"), ("hidden", "Garmin")])
def test_device_is_named_as_garmin_asks(club: Club, screen: Screen, athlete: User, shown_as: str, device: str) -> None:
    watched(athlete, 0, 5)
    Activity.objects.update(device_name="Garmin Forerunner 255")
    share(club.pk, athlete.pk, parkruns=True, shown_as=shown_as)

    [entry] = figures(screen)["entries"]

    assert entry["data"]["device"] == device
    assert f'<span class="row-device">{device}</span>' in wall(screen)


def test_wall_starts_at_the_clubs_sequence_number(club: Club, screen: Screen, athlete: User) -> None:
    ran(athlete, 0)
    share(club.pk, athlete.pk, parkruns=True)
    club.refresh_from_db()
    found = figures(screen)
    assert (found["epoch"], found["seq"]) == (club.epoch, club.seq)


def test_times_are_in_the_clubs_time_zone(club: Club, screen: Screen) -> None:
    Club.objects.update(time_zone="Australia/Brisbane")
    with time_machine.travel(datetime(2026, 11, 20, 22, 47, tzinfo=UTC), tick=False):
        assert ">08:47<" in wall(screen)


@pytest.mark.parametrize(("day", "words"), [(18, "3 sleeps to go"), (20, "1 sleep to go")])
def test_wall_counts_the_sleeps_until_saturday(club: Club, screen: Screen, athlete: User, day: int, words: str) -> None:
    with time_machine.travel(datetime(2026, 11, day, 12, tzinfo=UTC), tick=False):
        ran(athlete, 4)
        share(club.pk, athlete.pk, parkruns=True)
        assert words in figures(screen)["scenes"].replace("</b>", "").replace("<b>", "")


def test_invitation_is_shown_only_if_a_captain_put_it_on_screens(club: Club, screen: Screen) -> None:
    private, public = invite(club.pk), invite(club.pk)
    assert "Run with us" not in wall(screen)

    Invitation.objects.filter(pk=public.pk).update(on_screens=True)
    assert qr_code(f"http://testserver/join/{public.secret.reveal()}/") in wall(screen)
    assert qr_code(f"http://testserver/join/{private.secret.reveal()}/") not in wall(screen)

    revoke_invitation(club.pk, public.pk)
    assert "Run with us" not in wall(screen)


def test_wall_is_dark_unless_its_address_asks_for_light(screen: Screen) -> None:
    assert "look-light" not in wall(screen)
    assert "look-light" in said(Client().get(f"{path_of(screen)}?look=light"))


def test_operator_can_ask_for_larger_text(screen: Screen) -> None:
    assert "text-larger" not in wall(screen)
    larger_and_light = said(Client().get(f"{path_of(screen)}?text=larger&look=light"))
    assert 'class="look-light text-larger"' in larger_and_light


def test_tally_counts_the_events(club: Club, screen: Screen, athlete: User, clubmate: User) -> None:
    for who, slug in ((athlete, "bushy"), (clubmate, "dulwich")):
        ran(who, 0, slug)
        share(club.pk, who.pk, parkruns=True)
    assert "<b>2</b> today" in figures(screen)["tally"]
    assert "at 2 events" in figures(screen)["tally"]


@pytest.mark.parametrize(
    ("name", "on_the_wall"),
    [
        ("Bushy parkrun", "Bushy"),
        ("King George V Playing Field parkrun, Cheltenham", "King George V Playing Field, Cheltenham"),
        ("Crystal Palace junior parkrun", "Crystal Palace juniors"),
    ],
)
def test_event_names_are_short_on_a_wall(name: str, on_the_wall: str) -> None:
    assert without_parkrun(name) == on_the_wall


def test_its_script_is_written_for_old_televisions() -> None:
    waiting, seen = [MODULES / "screen.js"], set()
    while waiting:
        module = waiting.pop().resolve()
        if module in seen:
            continue
        seen.add(module)
        text = re.sub(r"/\*.*?\*/|//[^\n]*", "", module.read_text(), flags=re.DOTALL)
        assert not TOO_NEW.findall(text), f"{module.name}: {TOO_NEW.findall(text)}"
        waiting += [module.parent / path for path in IMPORTED.findall(text)]
    assert {"socket.js", "entries.js", "stage.js"} <= {module.name for module in seen}


def test_unchanged_figures_are_not_computed_again(
    club: Club, screen: Screen, athlete: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """A second request makes two queries: for the key, and for the invitation on screens."""
    ran(athlete, 0)
    share(club.pk, athlete.pk, parkruns=True)
    first = figures(screen)
    for _ in range(3):
        with django_assert_num_queries(2):
            again = figures(screen)
        assert again | {"server_time": ""} == first | {"server_time": ""}
    with django_assert_num_queries(3):
        assert "Alva B." in wall(screen)
    share(club.pk, athlete.pk, parkruns=False)
    assert "Alva" not in everything(screen)


@pytest.mark.django_db(transaction=True)
def test_ten_simultaneous_requests_compute_the_figures_once(
    club: Club, athlete: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed: list[datetime] = []

    def figures_counted(club: Club, now: datetime) -> Figures:
        computed.append(now)
        return figures_of(club, now)

    monkeypatch.setattr("strava_live.web.screen_page.figures_of", figures_counted)
    screens = [put_up_screen(club.pk) for _ in range(10)]
    ran(athlete, 0)
    for turn, parkruns in enumerate((True, False), start=1):
        share(club.pk, athlete.pk, parkruns=parkruns)
        answers: list[dict[str, Any]] = []
        together(*[partial(lambda screen, answers=answers: answers.append(figures(screen)), one) for one in screens])
        assert len(answers) == 10
        assert {len(answer["entries"]) for answer in answers} == {int(parkruns)}
        assert len(computed) == turn
