"""The zip of an export: it is made in pieces, and ended properly when access ends or something fails."""

import io
import json
import logging
from collections.abc import Iterator
from zipfile import ZipFile

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.lifecycle.erasure import erase
from strava_live.lifecycle.export import reading
from strava_live.lifecycle.export.reading import CHUNK
from strava_live.lifecycle.export.table import KINDS
from tests.lifecycle.export.everything import archive_of, export_of, read_back
from tests.web import kept

pytestmark = pytest.mark.django_db
ACTIVITIES = 2 * CHUNK + 1


@pytest.fixture
def runner(athlete: User) -> User:
    """An athlete whose activities are read in three chunks."""
    first = kept.activity(athlete, 1)
    fields = {field.attname: getattr(first, field.attname) for field in Activity._meta.concrete_fields}
    Activity.objects.bulk_create(
        Activity(**{**fields, "id": None, "strava_id": number, "name": f"Run {number}"})
        for number in range(2, ACTIVITIES + 1)
    )
    return athlete


def test_first_piece_comes_before_any_row_is_read(runner: User) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        pieces = archive_of(runner).pieces()
        first = next(pieces)

    assert len(queries) == 0
    assert first.startswith(b"PK\x03\x04")
    assert b"README.txt" in first


def test_activities_are_read_in_chunks_that_each_begin_after_the_last(runner: User) -> None:
    """All start at the same second, so their number decides. No row is missing and none comes twice."""
    with CaptureQueriesContext(connection) as queries:
        exported = export_of(runner)

    assert [row["strava_id"] for row in exported.json("activities")] == list(range(ACTIVITIES, 0, -1))
    assert len(exported.csv("activities")) == ACTIVITIES
    of_activities = [query["sql"] for query in queries if '"strava_live_activity"."polyline"' in query["sql"]]
    limits = [query for query in of_activities if "LIMIT" in query]
    assert len([query for query in limits if f"LIMIT {CHUNK}" in query]) == 2 * 3, "three chunks for JSON and for CSV"
    assert not any("OFFSET" in query for query in limits)


def test_zip_needs_no_zip64_and_has_the_time_of_the_export(runner: User) -> None:
    zipped = b"".join(archive_of(runner).pieces())
    with ZipFile(io.BytesIO(zipped)) as archive:
        infos = archive.infolist()

    assert {(info.date_time, info.extract_version, info.extra) for info in infos} == {
        ((2026, 11, 27, 20, 45, 0), 20, b"")
    }
    assert infos[0].filename == "README.txt"


def stopped_after(user: User, pieces: int) -> Iterator[bytes]:
    """Yield the pieces of an export during which the account is deleted."""
    made = archive_of(user, lambda: User.objects.filter(pk=user.pk).exists()).pieces()
    for _ in range(pieces):
        yield next(made)
    erase(User.objects.get(pk=user.pk))
    yield from made


def pieces_of(user: User) -> int:
    return len(list(archive_of(user).pieces()))


@pytest.mark.parametrize("tenths", range(0, 10, 3))
def test_account_is_deleted_while_the_export_runs(runner: User, tenths: int) -> None:
    """The zip is valid, says that it is not complete, and the export stores nothing."""
    exported = read_back(b"".join(stopped_after(runner, max(1, pieces_of(runner) * tenths // 10))))

    assert "deleted your account" in exported.texts["NOT-COMPLETE.txt"]
    assert "contents.json" not in exported.texts
    assert all(json.loads(text) is not None for name, text in exported.texts.items() if name.endswith(".json"))
    assert not User.objects.filter(username="alva").exists()
    assert not Activity.with_gone.exists()


def test_rows_deleted_meanwhile_are_missing_and_the_rest_is_complete(runner: User) -> None:
    made = archive_of(runner).pieces()
    zipped = next(made)
    Activity.objects.filter(strava_id__lte=100).delete()
    exported = read_back(zipped + b"".join(made))

    assert len(exported.json("activities")) == len(exported.csv("activities")) == ACTIVITIES - 100
    assert "contents.json" in exported.texts


def test_failure_ends_the_zip_with_a_note(
    athlete: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: object) -> str:
        raise RuntimeError("broken")

    kept.activity(athlete, 1)
    monkeypatch.setattr(Activity, "garmin_device", property(fail))
    with caplog.at_level(logging.ERROR):
        exported = read_back(b"".join(archive_of(athlete).pieces()))

    assert "on our side" in exported.texts["NOT-COMPLETE.txt"]
    assert json.loads(exported.texts["json/activities.json"]) == []
    assert "an export failed" in caplog.text


def test_busy_database_is_asked_again(athlete: User, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(reading, "is_temporary", lambda error: True)
    monkeypatch.setattr("strava_live.lifecycle.export.reading.time.sleep", pauses.append)
    answers = iter([OperationalError("busy"), OperationalError("busy"), None])

    def may_go_on() -> bool:
        if error := next(answers, None):
            raise error
        return True

    exported = read_back(b"".join(archive_of(athlete, may_go_on).pieces()))

    assert pauses == [0.1, 0.2]
    assert "contents.json" in exported.texts


def test_two_exports_of_one_person_do_not_disturb_each_other(runner: User) -> None:
    pairs = list(zip(archive_of(runner).pieces(), archive_of(runner).pieces(), strict=True))
    one, other = (read_back(b"".join(pieces)) for pieces in zip(*pairs, strict=True))

    assert one.texts == other.texts
    assert len(one.json("activities")) == ACTIVITIES


def test_client_that_leaves_ends_the_work(runner: User) -> None:
    """Closing the pieces, as garbage collection does, ends the open file and the zip without an error."""
    archive = archive_of(runner)
    pieces = archive.pieces()
    for _ in range(pieces_of(runner) // 2):
        next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    with CaptureQueriesContext(connection) as queries:
        assert list(pieces) == []

    assert len(queries) == 0
    assert archive.zip.fp is None


def test_small_kinds_are_read_once_for_both_files(athlete: User) -> None:
    with CaptureQueriesContext(connection) as queries:
        export_of(athlete)

    read_once = [query for query in queries if 'FROM "strava_live_removal"' in query["sql"]]
    assert len(read_once) == 1
    assert len(queries) < 2 * len(KINDS)
