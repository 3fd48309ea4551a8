"""Forms that save or remove one, several or all activities, and that undo a removal."""

from html import unescape

import pytest
from django.test import Client

from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from tests.web import kept
from tests.web.listening import Listener
from tests.web.reading import said

CHANGES = ["/activities/1/save/", "/activities/1/unsave/"]


SELECTED = ["/activities/save-selected/", "/activities/unsave-selected/"]


OTHERS = ["/activities/save-parkruns/", "/activities/undo/", "/activities/hide-undo/", "/activities/1/undo/"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/activities/", "/activities/1/", "/activities/unsave-all/", *CHANGES, *SELECTED, *OTHERS]
)
def test_signed_out_visitors_are_sent_to_sign_in(client: Client, path: str, athlete: User) -> None:
    kept.activity(athlete, 1)

    for answer in (client.get(path), client.post(path, {"confirm": "yes", "strava_id": "1"})):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/")
    assert Activity.objects.get().state == "found"


def test_changes_need_a_post_and_a_csrf_token(athlete: User, as_athlete: Client) -> None:
    kept.activity(athlete, 1)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(athlete)

    for path in (*CHANGES, *SELECTED, *OTHERS):
        assert as_athlete.get(path).status_code == 405
        assert strict.post(path, {"strava_id": "1"}).status_code == 403
    assert strict.post("/activities/unsave-all/", {"confirm": "yes"}).status_code == 403
    assert Activity.objects.get().state == "found"


def test_save_and_remove_an_activity(as_athlete: Client, athlete: User) -> None:
    kept.activity(athlete, 1)

    answer = as_athlete.post("/activities/1/save/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/activities/1/")
    assert Activity.objects.get().state == "saved"

    as_athlete.post("/activities/1/unsave/")
    assert Activity.objects.get().state == "dismissed"


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("/sync/#maybes", "/sync/#maybes"),
        ("/activities/?show=all", "/activities/?show=all"),
        ("https://evil.example/", "/activities/1/"),
        ("//evil.example/", "/activities/1/"),
        ("/\\evil.example/", "/activities/1/"),
        ("javascript:alert(1)", "/activities/1/"),
        ("", "/activities/1/"),
    ],
)
def test_form_returns_only_to_pages_of_this_site(as_athlete: Client, athlete: User, asked: str, leads_to: str) -> None:
    kept.activity(athlete, 1)

    assert as_athlete.post("/activities/1/save/", {"next": asked}).headers["Location"] == leads_to


def test_removing_all_asks_for_confirmation_with_the_number(as_athlete: Client, athlete: User) -> None:
    for number in range(1, 4):
        kept.parkrun(athlete, number)
    kept.activity(athlete, 4)

    for answer in (as_athlete.get("/activities/unsave-all/"), as_athlete.post("/activities/unsave-all/")):
        assert "Remove all 3 saved activities?" in answer.content.decode()
    assert Activity.objects.saved().count() == 3

    answer = as_athlete.post("/activities/unsave-all/", {"confirm": "yes"}, follow=True)

    assert "Removed 3 activities." in answer.content.decode()
    assert sorted(Activity.objects.values_list("strava_id", "state")) == [
        (1, "dismissed"),
        (2, "dismissed"),
        (3, "dismissed"),
        (4, "found"),
    ]


def test_changes_are_announced_to_the_athletes_sockets_only(as_athlete: Client, athlete: User, stranger: User) -> None:
    kept.activity(athlete, 1)
    kept.parkrun(athlete, 2)
    mine, theirs = Listener(athlete.pk), Listener(stranger.pk)

    as_athlete.post("/activities/1/save/")
    as_athlete.post("/activities/unsave-all/", {"confirm": "yes"})

    sent, marks = mine.frame()
    assert ([message["type"] for message in sent], marks) == (["activity.saved"], (2, 3))
    sent, marks = mine.frame()
    assert ([message["type"] for message in sent], marks) == (["activity.unsaved"] * 2, (3, 5))
    with pytest.raises(TimeoutError):
        theirs.frame(within_s=0.2)


def select(client: Client, verb: str, *ids: object, **more: str) -> tuple[int, str]:
    """Return the answer's status, and the text of the page that it redirects to."""
    answer = client.post(f"/activities/{verb}-selected/", {"strava_id": [str(one) for one in ids], **more})
    return answer.status_code, unescape(said(client.get(answer.headers["Location"])))


def states() -> dict[int, str]:
    return dict(Activity.objects.values_list("strava_id", "state"))


def test_save_and_remove_several_activities(as_athlete: Client, athlete: User) -> None:
    for number in range(1, 5):
        kept.activity(athlete, number)
    listener = Listener(athlete.pk)

    status, page = select(as_athlete, "save", 1, 2, 3, next="/activities/?show=all")
    assert (status, "Saved 3 activities." in page) == (302, True)
    status, page = select(as_athlete, "unsave", 3)
    assert (status, "Removed “Run 3”." in page) == (302, True)

    assert states() == {1: "saved", 2: "saved", 3: "dismissed", 4: "found"}
    assert [message["item"]["strava_id"] for message in listener.frame()[0]] == [1, 2, 3]
    assert [message["item"]["strava_id"] for message in listener.frame()[0]] == [3]


def test_selection_returns_only_to_pages_of_this_site(as_athlete: Client, athlete: User) -> None:
    kept.activity(athlete, 1)
    for named, leads_to in (
        ("/activities/?show=all&before=5,1", "/activities/?show=all&before=5,1"),
        ("https://evil.example/", "/activities/"),
    ):
        answer = as_athlete.post("/activities/save-selected/", {"strava_id": "1", "next": named})
        assert answer.headers["Location"] == leads_to


@pytest.mark.parametrize(
    "ids", [[], ["x", "-1", "", "1.5", "٣", "9" * 19, "9" * 30, "9" * 5000], ["4"], list(range(1, 202))], ids=str
)
@pytest.mark.parametrize("verb", ["save", "unsave"])
def test_selection_without_own_activities_changes_nothing(
    as_athlete: Client, athlete: User, stranger: User, verb: str, ids: list[object]
) -> None:
    kept.activity(athlete, 1)
    kept.activity(stranger, 4)

    status, page = select(as_athlete, verb, *ids)

    assert status == 302
    sentences = ("Nothing is selected", f"Skipped {len(ids)} that", "You can select up to 200 at once")
    assert any(sentence in page for sentence in sentences)
    assert set(states().values()) == {"found"}


def test_unknown_activities_in_a_selection_are_skipped(as_athlete: Client, athlete: User, stranger: User) -> None:
    kept.activity(athlete, 1)
    kept.activity(stranger, 4)

    _, page = select(as_athlete, "save", 1, 1, 4, "x")

    assert "Saved 1 activity." in page
    assert "Skipped 2 that are not in your activities." in page
    assert states() == {1: "saved", 4: "found"}


def test_removal_can_be_undone_once_on_any_later_page(as_athlete: Client, athlete: User) -> None:
    for number in range(1, 4):
        kept.parkrun(athlete, number)
    as_athlete.post("/activities/unsave-all/", {"confirm": "yes"})
    for path in ("/activities/", "/activities/", "/activities/1/"):
        assert "Removed 3 activities." in said(as_athlete.get(path))
    form = {"removal": as_athlete.get("/activities/").context["removal"].pk, "next": "/activities/?show=all"}

    page = said(as_athlete.post("/activities/undo/", form, follow=True))

    assert "Restored 3 activities." in page
    assert "Removed 3" not in page
    assert set(states().values()) == {"saved"}
    assert "There is nothing left to undo." in said(as_athlete.post("/activities/undo/", form, follow=True))


def test_undo_of_one_removal_can_be_hidden_and_used(as_athlete: Client, athlete: User) -> None:
    kept.parkrun(athlete, 1)
    kept.maybe(athlete, 2)
    as_athlete.post("/activities/1/unsave/")
    assert "Removed “Run 1”." in said(as_athlete.get("/activities/"))
    as_athlete.post("/activities/2/unsave/")
    page = as_athlete.get("/activities/")
    assert "Dismissed “Run 2”." in said(page)

    as_athlete.post("/activities/hide-undo/", {"removal": page.context["removal"].pk})
    assert "Removed “Run 1”." in said(as_athlete.get("/activities/"))
    as_athlete.post("/activities/1/undo/")

    assert states() == {1: "saved", 2: "dismissed"}
    assert as_athlete.get("/activities/").context["removal"] is None


def test_undo_is_announced_to_the_athletes_sockets(as_athlete: Client, athlete: User) -> None:
    kept.parkrun(athlete, 1)
    as_athlete.post("/activities/1/unsave/")
    listener = Listener(athlete.pk)

    as_athlete.post("/activities/1/undo/")

    (message,), _ = listener.frame()
    assert (message["type"], message["item"]["state"]) == ("activity.saved", "saved")


@pytest.mark.parametrize("form", [{}, {"removal": "x"}, {"removal": "-1"}, {"removal": "9" * 40}], ids=str)
@pytest.mark.parametrize("path", ["/activities/undo/", "/activities/hide-undo/"])
def test_undo_of_an_invalid_removal_changes_nothing(
    as_athlete: Client, athlete: User, path: str, form: dict[str, str]
) -> None:
    kept.parkrun(athlete, 1)
    as_athlete.post("/activities/1/unsave/")

    assert as_athlete.post(path, form).headers["Location"] == "/activities/"
    assert states() == {1: "dismissed"}
    assert as_athlete.get("/activities/").context["removal"] is not None


def test_save_all_parkruns(as_athlete: Client, athlete: User) -> None:
    for number in range(1, 4):
        kept.parkrun(athlete, number)
    kept.activity(athlete, 4)
    as_athlete.post("/activities/unsave-all/", {"confirm": "yes"})
    assert "(3 not saved)" in said(as_athlete.get("/activities/"))

    assert "(3 not saved)" in said(as_athlete.get("/sync/"))
    page = said(as_athlete.post("/activities/save-parkruns/", follow=True))
    assert "Saved 3 parkruns." in page
    assert "Save all parkruns" not in page
    assert states() == {1: "saved", 2: "saved", 3: "saved", 4: "found"}
    again = said(as_athlete.post("/activities/save-parkruns/", {"next": "/sync/"}, follow=True))
    assert "All your parkruns are saved already." in again
