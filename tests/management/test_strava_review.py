"""manage.py strava_review writes pictures and texts of every page with data from Strava."""

import os
import re
import signal
import struct
from collections.abc import Iterator
from fnmatch import fnmatch
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import get_resolver
from pytest_django import Settings

from strava_live.management.review.answers import as_markdown, deletion, sections, visibility
from strava_live.management.review.folder import ANSWERS, INDEX, PICTURES, PRIVACY, TEXTS, html_of, write_review
from strava_live.management.review.pages import NOT_PICTURED, PAGES, Viewer, offered_pages
from strava_live.management.review.pictures import DEVICES
from strava_live.management.review.shown_text import shown_text
from strava_live.management.review.throwaway_site import (
    SiteDidNotStart,
    ThrowawaySite,
    ended_by_sigterm,
    running,
    throwaway_site,
)
from tests.access.rows import ROWS
from tests.web.addresses import patterns

pytestmark = pytest.mark.once
PICTURED = {"connect-strava", "activity", "wall-screen", "manage-a-member"}
"""The pages of which a test takes pictures: one for each kind of viewer."""
WEBHOOK_TOKEN = "a-secret-of-the-real-site"


@pytest.fixture
def as_operator(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """The environment of an operator's site, for the processes that the command starts."""
    for name in ("DATABASE_URL", "SITE_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "site_config.settings")
    monkeypatch.setenv("DEBUG", "1")
    monkeypatch.setenv("STRAVA_WEBHOOK_TOKEN", WEBHOOK_TOKEN)
    settings.DEBUG = True
    settings.STRAVA_WEBHOOK_TOKEN = WEBHOOK_TOKEN
    settings.RETENTION_RUNS_DAYS = 45
    settings.OPERATOR, settings.CONTACT_EMAIL = "Hillside Harriers", "hello@club.example.org"


@pytest.fixture
def site(as_operator: None) -> Iterator[ThrowawaySite]:
    with throwaway_site(limits=None, is_subscribed=True) as throwaway:
        yield throwaway


def run(*words: str) -> tuple[str, str]:
    """Run the command, and return what it prints to standard output and to standard error."""
    out, errors = StringIO(), StringIO()
    call_command("strava_review", *words, stdout=out, stderr=errors)
    return out.getvalue(), errors.getvalue()


def width_and_height(png: Path) -> tuple[int, int]:
    width, height = struct.unpack(">II", png.read_bytes()[16:24])
    return width, height


def test_each_page_is_pictured_or_has_a_reason_why_not() -> None:
    pictured = {page.route for page in PAGES}
    others = [route for routes in NOT_PICTURED.values() for route in routes]
    shown = {row.route for row in ROWS if "200" in row.answers.values()}

    neither = sorted(route for route in shown - pictured if not any(fnmatch(route, other) for other in others))
    assert neither == [], "list them in strava_live/management/review/pages.py"


def test_each_listed_route_exists_once() -> None:
    known = set(patterns(get_resolver().url_patterns))
    others = [route for routes in NOT_PICTURED.values() for route in routes]
    exact = [route for route in others if not route.endswith("*")]

    assert {page.route for page in PAGES} | set(exact) <= known
    assert all(any(fnmatch(route, folder) for route in known) for folder in set(others) - set(exact))
    assert len(exact) == len(set(exact))
    assert not set(exact) & {page.route for page in PAGES}
    assert len({page.file for page in PAGES}) == len(PAGES)


@pytest.mark.django_db
def test_folder_that_cannot_be_used(settings: Settings, tmp_path: Path) -> None:
    settings.DEBUG = True
    (tmp_path / "a file").write_text("kept")

    with pytest.raises(CommandError, match=r"is not empty\. Name a new folder, or add --overwrite"):
        run(str(tmp_path))
    with pytest.raises(CommandError, match=r"a file is not a folder\. Name a new one\."):
        run(str(tmp_path / "a file"))
    with pytest.raises(CommandError, match=r"inside is not a folder\. Name a new one\."):
        run(str(tmp_path / "a file" / "inside"))
    with pytest.raises(CommandError, match=r"cannot be used: File name too long\."):
        run(str(tmp_path / ("x" * 300)))
    assert [one.name for one in tmp_path.iterdir()] == ["a file"]
    assert (tmp_path / "a file").read_text() == "kept"


def test_pages_that_the_site_does_not_offer_are_left_out(settings: Settings) -> None:
    settings.BUCKET_CLIENT_ID = ""
    assert "bucket" not in {page.file for page in offered_pages()}

    settings.BUCKET_CLIENT_ID = "ours"
    assert offered_pages() == PAGES


def test_static_files_that_are_not_collected(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"Run manage\.py collectstatic first\."):
        run(str(tmp_path / "review"))
    assert not (tmp_path / "review").exists()


@pytest.mark.django_db
def test_site_that_does_not_start(as_operator: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RETENTION_FOUND_DAYS", "30")

    refused = pytest.raises(SiteDidNotStart, match="throw-away site did not start: RETENTION_FOUND_DAYS=30 cannot be")
    with refused, throwaway_site(limits=None, is_subscribed=False):
        pass


def test_sigterm_ends_the_processes_that_were_started(tmp_path: Path) -> None:
    process = running("a process", ["http.server", "0"], dict(os.environ), tmp_path)
    with pytest.raises(SystemExit) as ended, ended_by_sigterm(), process as started:
        os.kill(os.getpid(), signal.SIGTERM)

    assert ended.value.code == 128 + signal.SIGTERM
    assert started.process.poll() is not None


@pytest.mark.django_db
def test_answers_have_the_values_of_this_site(as_operator: None) -> None:
    answers = as_markdown(sections())

    for words in (
        "**Who runs it:** Hillside Harriers",
        "**Support contact, named on each page:** hello@club.example.org",
        "**Connected to Strava:** 0",
        "**activity:read:** to import",
        "**Your imports: when, which days, how many activities:** 45 days",
        "**Subscription:** not subscribed: run manage.py strava_webhook subscribe",
        "http://testserver/strava/webhook/…",
        "missing: static/strava/connect.svg, static/strava/logo.svg",
    ):
        assert words in answers
    assert WEBHOOK_TOKEN not in answers


def test_answers_name_what_leads_to_bucket(settings: Settings) -> None:
    """Bucket is a company that gets activities, also private ones, so no sentence may say that no company gets them."""
    settings.BUCKET_CLIENT_ID = "ours"
    points = {point.name: point.words for section in (visibility(), deletion()) for point in section.points}

    assert "also of those that are private at Strava" in points["The athlete's own data store at Bucket"]
    assert "Delete the copies in my Bucket, too" in points["Copies in the athlete's own data store at Bucket"]
    assert not any(name.startswith("Never anyone") for name in points)
    assert "One token stays, encrypted, until Strava has revoked it" in points["The athlete disconnects Strava here"]

    settings.BUCKET_CLIENT_ID = ""
    assert "Bucket" not in str([visibility(), deletion()])


@pytest.mark.browser
@pytest.mark.django_db
def test_review_with_a_browser_and_without(site: ThrowawaySite, tmp_path: Path, browser_program: str) -> None:
    """Without a browser all pages are written, with one only those in PICTURED, because each takes a second."""
    without, pictured = tmp_path / "without", tmp_path / "pictured"
    without.mkdir()
    pictured.mkdir()
    shown = {page.file: html_of(site, page) for page in offered_pages()}
    for file in ("activity", "club-feed", "athlete", "settings"):
        assert "View on Strava" in shown[file]
    assert "Garmin" in shown["activity"]

    written = write_review(site, without, sections(), program="/no/such/browser")
    assert written.no_pictures == "/no/such/browser is no program. Name Chromium's with --browser."
    assert not (without / PICTURES).exists()
    assert all((without / file).stat().st_size for file in written.files)
    assert "There are no pictures yet." in (without / INDEX).read_text()
    assert_texts_are_those_of_the_pages(without)

    pages = [page for page in PAGES if page.file in PICTURED]
    written = write_review(site, pictured, sections(), program=browser_program, pages=pages)
    assert written.no_pictures == ""
    index = (pictured / INDEX).read_text()
    files = {str(path.relative_to(pictured)) for path in pictured.rglob("*") if path.is_file()}
    assert set(written.files) == files
    assert all(f'href="{file}"' in index for file in files - {INDEX})
    pictures = sorted((pictured / PICTURES).iterdir())
    assert len(pictures) == len(PICTURED) * len(DEVICES)
    for picture in pictures:
        device = next(one for one in DEVICES if picture.stem.endswith(one.name))
        width, height = width_and_height(picture)
        assert width == device.width * device.scale
        assert height >= device.height * device.scale


def assert_texts_are_those_of_the_pages(folder: Path) -> None:
    text = {path.stem: path.read_text() for path in (folder / TEXTS).iterdir()}
    assert set(text) == {page.file for page in offered_pages() if page.has_consent_text}
    assert "[ ] Share my parkruns with Hillside Harriers" in text["join-a-club"]
    assert "[x] Share my parkruns with Hillside Harriers" in text["sharing"]
    assert "[ Connect with Strava ]" in text["connect-strava"]
    assert "Nothing is deleted on Strava" in text["delete-account"]
    assert "Disconnect Strava" in text["settings"]
    assert "Hillside Harriers runs Saturday Live and is responsible for your data." in (folder / PRIVACY).read_text()
    assert "45 days" in (folder / PRIVACY).read_text()
    everything = "".join(path.read_text() for path in folder.rglob("*") if path.suffix in {".txt", ".md", ".html"})
    assert WEBHOOK_TOKEN not in everything
    assert (folder / ANSWERS).read_text().startswith("# Saturday Live: answers for Strava's review")


def test_shown_text_has_what_a_reader_sees() -> None:
    html = """<header>No</header><main><nav>No</nav><h1>Join</h1><p>Read <b>this</b> first.</p><script>No</script>
    <div hidden>No<div>No</div></div><input type="checkbox" checked> <label>Share</label><button>Go</button>
    <ul><li>One</li><li><a href="/x">Two</a></li></ul><table><tr><th>A</th><td>B</td></tr></table></main>No"""

    assert shown_text(html) == "# Join\nRead this first.\n[x] Share\n[ Go ]\n- One\n- Two\nA | B\n"


def test_every_viewer_has_pages() -> None:
    assert {page.viewer for page in PAGES} == set(Viewer)
    assert all(re.fullmatch(r"[a-z-]+", page.file) for page in PAGES)
