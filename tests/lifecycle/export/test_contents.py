"""What is in an export: every row of the person, nothing of other people, and no secret."""

import json

import pytest
from allauth.account.models import EmailConfirmation
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Model, Q

from strava_live.accounts.models import Revocation, User
from strava_live.accounts.sessions import users_by_session
from strava_live.bucket.models import Sending, SentActivity, SentProperty
from strava_live.clubs.models import Club, Membership
from strava_live.lifecycle.export.table import KINDS
from strava_live.membership.sharing import share
from strava_live.messages.models import ConversationSide, DirectMessage
from strava_live.muting.models import Mute
from tests.lifecycle.export.everything import Everything, ReadExport, cheer_for_each_other, everything_of, export_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_people(club: Club, athlete: User, clubmate: User) -> tuple[Everything, Everything]:
    one = everything_of(athlete, club, word="Alvasword", number=7_100_000_001)
    other = everything_of(clubmate, club, word="Brunosword", number=8_200_000_001)
    cheer_for_each_other(athlete, clubmate)
    return one, other


def rows_of(model: type[Model], user: User) -> int:
    """Count the rows of a model about a person by its foreign keys, or in the ways of models that have none."""
    rows = model._base_manager
    if model is User:
        return 1
    if model is Revocation:
        return Revocation.objects.of_athlete(user.strava.strava_id).count()
    if model is EmailConfirmation:
        return rows.filter(email_address__user=user).count()
    if model is Session:
        return list(users_by_session(Session.objects.values_list("session_key", flat=True)).values()).count(user)
    if model in {SentProperty, SentActivity, Sending}:
        return rows.filter(connection__user=user).count()
    if model is ConversationSide:  # the other person has a side of their own
        return rows.filter(user=user).count()
    if model is DirectMessage:
        return DirectMessage.objects.of(user.pk).written().count()
    if model is Mute:  # a person does not learn who has muted them
        return rows.filter(owner=user).count()
    keys = [field.name for field in model._meta.concrete_fields if field.related_model is User]
    assert keys, model
    return rows.filter(Q(*((key, user) for key in keys), _connector=Q.OR)).count()


def test_files_of_each_kind_have_every_row_of_the_person(two_people: tuple[Everything, Everything]) -> None:
    exported = export_of(two_people[0].user)
    for kind in KINDS:
        rows, lines = exported.json(kind.name), exported.csv(kind.name)
        assert len(rows) == len(lines) == rows_of(kind.model, two_people[0].user) > 0, kind.name
        columns = {column.name: column.in_csv for column in kind.columns}
        assert all(list(row) == list(columns) for row in rows), kind.name
        assert all(list(row) == [name for name, in_csv in columns.items() if in_csv] for row in lines), kind.name


def test_contents_file_counts_the_rows_of_each_file(two_people: tuple[Everything, Everything]) -> None:
    exported = export_of(two_people[0].user)
    counts = {file["file"]: file["rows"] for file in json.loads(exported.texts["contents.json"])["files"]}

    assert set(exported.texts) == {*counts, "README.txt", "contents.json"}
    for kind in KINDS:
        assert counts[f"json/{kind.name}.json"] == counts[f"csv/{kind.name}.csv"] == len(exported.json(kind.name))


def test_readme_explains_every_file(two_people: tuple[Everything, Everything]) -> None:
    text = " ".join(export_of(two_people[0].user).texts["README.txt"].split())

    assert all(f"{kind.name} {kind.about}" in text for kind in KINDS)
    assert "everything we store about alva" in text
    assert "Garmin device" in text


def test_export_has_no_secret_and_nothing_of_another_person(two_people: tuple[Everything, Everything]) -> None:
    one, other = two_people
    exported = "\n".join(export_of(one.user).texts.values())

    assert not [secret for secret in (*one.secrets, *other.secrets) if secret in exported]
    assert all(text in exported for text in one.own)
    # The club shows the name of its member. Alva has cheered for Bruno's post.
    assert not [text for text in other.own if text in exported.replace("Bruno C.", "")]
    assert "Ulla" not in exported


def cheered(exported: ReadExport) -> list[str]:
    return [cheer["entry_about"] for cheer in exported.json("cheers")]


def test_names_of_cheered_people_are_those_that_the_club_shows(
    club: Club, two_people: tuple[Everything, Everything], captain: User
) -> None:
    alva, bruno = (one.user for one in two_people)
    assert cheered(export_of(alva)) == ["Bruno C."]

    share(club.pk, bruno.pk, parkruns=True, shown_as="hidden")
    assert cheered(export_of(alva)) == [""]
    share(club.pk, bruno.pk, parkruns=True, shown_as="full")
    assert cheered(export_of(alva)) == ["Bruno Costa"]

    Membership.objects.of(alva.pk).delete()
    assert cheered(export_of(alva)) == [""]


def test_person_without_anything_gets_valid_files(stranger: User) -> None:
    exported = export_of(stranger)

    assert {kind.name: len(exported.json(kind.name)) for kind in KINDS} == {
        kind.name: int(kind.name == "profile") for kind in KINDS
    }
    assert all(len(exported.csv(kind.name)) == len(exported.json(kind.name)) for kind in KINDS)


def test_changes_in_the_admin_show_nothing_of_the_accounts_of_others(athlete: User, operator: User) -> None:
    account = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(
        user=operator,
        content_type=account,
        object_id=str(athlete.pk),
        object_repr="Alva Berg",
        action_flag=CHANGE,
        change_message="Changed email.",
    )
    (about_alva,), (by_olive,) = (export_of(person).json("admin_log") for person in (athlete, operator))

    assert (about_alva["by_you"], about_alva["name"], about_alva["change"]) == (False, "Alva Berg", "Changed email.")
    assert (by_olive["by_you"], by_olive["name"], by_olive["change"]) == (True, "", "")
    assert by_olive["kind_of_row"] == "user"


def test_sessions_say_when_and_how_the_person_signed_in(two_people: tuple[Everything, Everything]) -> None:
    (session,) = export_of(two_people[0].user).json("sessions")

    assert session["signed_in"] == [{"method": "password", "at": "2026-09-21T14:13:20.500000+00:00"}]
