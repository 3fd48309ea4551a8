"""The privacy page says truly and completely what this site stores, for how long, who gets it, what browsers keep."""

import importlib
import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings as site_settings
from django.test import Client
from pytest_django import Settings

from strava_live.accounts.models import User
from strava_live.idempotency.models import KEPT_FOR
from tests.passwords import PASSWORD
from tests.web.reading import said

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ROOT = Path(__file__).parents[2]
BROWSER_STORAGE = {
    "static/js/push_renewal.js": {"push-sent"},
    "static/js/service_worker.js": {"shell-…"},
    "static/js/stored_texts.js": {"post-…", "messages-…"},
    "static/js/way_back.js": {"scrolled …"},
}
"""The scripts that write to the browser's storage, and what the page calls the notes they keep there."""
SERVICES = {
    "STRAVA_OAUTH_URL": ("https://oauth.strava.example/oauth", "oauth.strava.example"),
    "STRAVA_API_URL": ("https://api.strava.example/v3", "api.strava.example"),
    "SENTRY_DSN": ("https://key@errors.example/1", "errors.example"),
    "EMAIL_URL": ("mail.example", "mail.example"),
    "BUCKET_OAUTH_URL": ("https://signin.bucket.example/oauth2", "signin.bucket.example"),
    "BUCKET_API_URL": ("https://api.bucket.example/bucket/api", "api.bucket.example"),
    "BUCKET_USERINFO_URL": ("https://signin.bucket.example/userinfo", "signin.bucket.example"),
}
"""The settings with addresses of services that get personal data: a value, and the host that the page must name."""
OTHER_ADDRESSES = {
    "SITE_URL",  # this site
    "DATABASE_URL",  # run by the host, which the page names
    "REDIS_URL",
    "OCCASION_URL",  # for development only
}
CALLERS = {
    "strava_live/strava/client.py",  # Strava
    "strava_live/bucket_client/calls.py",  # Bucket
    "strava_live/push_client/client.py",  # the push services of browsers
    "strava_live/webhook/subscribing.py",  # Strava, about the site itself
    "strava_live/doctor.py",  # Strava and mail servers, about the site itself
    "strava_live/parkrun/simulation.py",  # the stand-in, in development
    "strava_live/parkrun/source.py",  # parkrun's list of events, which is only read
    "strava_live/management/commands/demo_club.py",  # the stand-in for push services, in development
    "strava_live/management/club_runners.py",  # the stand-in, in development
    "strava_live/management/review/folder.py",  # a throw-away site on the same machine
    "strava_live/management/review/throwaway_site.py",
    "strava_live/http/transport.py",
    "site_config/settings/reporting.py",  # Sentry
}
"""The modules that open connections to other machines. The page must name a service that gets personal data."""


def row(page: str, beginning: str) -> list[str]:
    """Return the cells of a row of the table: what, what for, how long, who can see it."""
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in page.split("<tr>")]
    (found,) = [cells for cells in rows if cells and cells[0].startswith(beginning)]
    return found


def sources(pattern: str, *folders: str) -> dict[str, str]:
    """Return the text of each file in these folders, by its path in the repository."""
    found = sorted(path for folder in folders for path in (ROOT / folder).rglob(pattern))
    return {str(path.relative_to(ROOT)): path.read_text() for path in found}


def cookies_of(page: str) -> set[str]:
    table = page[page.index('id="cookies"') : page.index('id="never"')]
    return set(re.findall(r"<code>(.*?)</code>", table))


def test_default_values_are_stated(client: Client) -> None:
    page = client.get("/privacy/").text

    assert row(page, "Activities imported")[2] == "a week after Strava last sent them"
    assert row(page, "What Strava tells us")[2].startswith("30 days after")
    assert row(page, "Your imports")[2].startswith("90 days")
    assert row(page, "Everything that came from Strava")[2].startswith("deleted as soon as Strava has confirmed it")
    assert "under “My Apps”. We then delete everything that came from Strava." in page


def test_values_of_the_settings_are_stated(client: Client, settings: Settings) -> None:
    settings.RETENTION_FOUND_DAYS = 1
    settings.RETENTION_EVENTS_DAYS = 3
    settings.RETENTION_RUNS_DAYS = 45
    settings.RETENTION_REVOKED_DAYS = 14
    page = client.get("/privacy/").text

    assert row(page, "Activities imported")[2] == "1 day after Strava last sent them"
    assert row(page, "What Strava tells us")[2].startswith("3 days after")
    assert row(page, "Your imports")[2].startswith("45 days")
    assert "deleted after 14 days" in row(page, "Everything that came from Strava")[2]
    assert "we delete everything that came from Strava after 14 days." in page


def test_each_retention_setting_is_stated(client: Client, settings: Settings) -> None:
    names = [name for name in dir(site_settings) if name.startswith("RETENTION_")]
    assert len(names) >= 4
    for days, name in enumerate(names, 211):
        setattr(settings, name, days)
    page = client.get("/privacy/").text

    assert [name for days, name in enumerate(names, 211) if f"{days} days" not in page] == []


def test_answered_forms_and_requests_are_kept_for_as_long_as_stated(client: Client) -> None:
    kept = row(said(client.get("/privacy/")), "That your form, or a request of your program")[2]
    assert kept == "24 hours"
    assert timedelta(hours=24) == KEPT_FOR


def test_each_kind_of_data_says_what_it_is_for_and_on_which_basis(client: Client) -> None:
    page = client.get("/privacy/").text
    groups = page[page.index('id="stored"') : page.index('id="sources"')].split("<tbody>")[1:]

    assert len(groups) >= 5
    for group in groups:
        assert re.search(r"GDPR Art\. 6\(1\)\([abf]\)", group)
        rows = group.split("<tr>")[1:]
        assert rows
        for cells in (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows):
            assert len(cells) == 4
            assert all(cell.strip() for cell in cells), cells


def test_my_strava_states_how_long_unsaved_activities_stay(as_athlete: Client, settings: Settings) -> None:
    settings.RETENTION_FOUND_DAYS = 3

    assert "Unsaved activities are deleted after 3 days." in as_athlete.get("/sync/").text


def test_each_cookie_that_the_code_sets_is_stated(client: Client) -> None:
    stated = cookies_of(client.get("/privacy/").text)

    assert {site_settings.SESSION_COOKIE_NAME, site_settings.CSRF_COOKIE_NAME} <= stated
    for path, text in sources("*.py", "strava_live", "site_config").items():
        for name in re.findall(r"\.set_(?:signed_)?cookie\(\s*([\w.\"']+)", text):
            module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
            assert getattr(module, name) in stated, f"{path} sets a cookie that /privacy/ does not state"
    for path, text in sources("*.js", "static/js").items():
        for name in re.findall(r"document\.cookie = [`\"']([\w-]+)=", text):
            assert name in stated, f"{path} sets a cookie that /privacy/ does not state"
        if re.search(r"(?:local|session)Storage\.setItem|indexedDB|caches\.open", text):
            assert path in BROWSER_STORAGE, f"{path} stores something that this test does not know"
            assert BROWSER_STORAGE[path] <= stated, f"{path} stores something that /privacy/ does not state"


def test_each_cookie_that_a_browser_gets_is_stated(client: Client, athlete: User) -> None:
    stated = cookies_of(client.get("/privacy/").text)
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": athlete.username, "password": PASSWORD})
    client.get("/settings/")

    assert len(client.cookies) >= 3
    assert set(client.cookies) <= stated


def test_theme_is_kept_for_as_long_as_stated(client: Client) -> None:
    script = (ROOT / "static/js/theme.js").read_text()

    assert row(client.get("/privacy/").text, "<code>theme")[2] == "365 days"
    assert "const YEAR_S = 365 * 24 * 3600;" in script
    assert "theme ? YEAR_S : 0" in script


def test_each_service_that_the_settings_name_is_stated(client: Client, settings: Settings) -> None:
    """A new setting with the address of a service must be in SERVICES or in OTHER_ADDRESSES."""
    code = "\n".join(sources("*.py", "site_config/settings").values())
    reading = r"environment\.(?:address|development_address|site|redis|database|email|sentry)\(\s*\"(\w+)\""
    named = set(re.findall(reading, code))
    assert "SENTRY_DSN" in named
    assert named <= set(SERVICES) | OTHER_ADDRESSES

    before = client.get("/privacy/").text
    settings.EMAIL_CONFIGURED, settings.EMAIL_HOST, settings.BUCKET_CLIENT_ID = True, "mail.example", "bucket"
    for name, (value, _) in SERVICES.items():
        setattr(settings, name, value)
    page = client.get("/privacy/").text
    for name, (_, host) in SERVICES.items():
        assert host not in before
        assert host in page, f"/privacy/ does not state the host in {name}"


def test_each_module_that_calls_other_machines_is_known() -> None:
    opening = r"^(?:import|from) (?:httpx|urllib\.request|smtplib|sentry_sdk)\b|http\.transport import .*\bsend\b"
    found = {
        path
        for path, text in sources("*.py", "strava_live", "site_config").items()
        if re.search(opening, text, re.MULTILINE) or "import sentry_sdk" in text
    }

    assert found <= CALLERS, "decide whether it sends personal data, and state that on /privacy/"


def test_services_that_are_not_set_up_are_not_mentioned(client: Client, settings: Settings) -> None:
    settings.BUCKET_CLIENT_ID = ""
    settings.SENTRY_DSN = ""
    settings.EMAIL_CONFIGURED = False
    page = said(client.get("/privacy/"))

    for name in ("Bucket", "Sentry", "email service"):
        assert name not in page

    settings.STRAVA_CONFIGURED = False
    assert 'id="strava"' not in said(client.get("/privacy/"))


def test_what_bucket_has_to_do_with_it_is_stated(client: Client, settings: Settings) -> None:
    settings.BUCKET_CLIENT_ID, settings.RETENTION_RUNS_DAYS, settings.BUCKET_REVOKE_DAYS = "ours", 45, 12
    page = said(client.get("/privacy/"))

    assert "your name and number there" in row(page, "The keys (tokens) to your Bucket")[0]
    assert "until what came from Strava is deleted" in row(page, "Which activities were sent there")[2]
    assert row(page, "Each sending")[2] == "45 days after it ended; the last one as long as Bucket is connected"
    assert row(page, "Keys that Bucket is to withdraw")[2] == "until Bucket has answered, 12 days at most"
    assert "Things, Properties and values that you make there" in row(page, "Bucket<br>")[1]
    assert "from Strava and from Bucket" in page[page.index('id="sources"') : page.index('id="sharing"')]
    assert "whether the copies in your Bucket are deleted, too" in page
    assert "What is in your Bucket stays there until you send again." in page


def test_key_that_is_kept_until_it_is_withdrawn_is_stated(client: Client) -> None:
    page = said(client.get("/privacy/"))

    assert "Until Strava has done so, we keep one encrypted key, only to ask again." in page
    assert "We delete our keys" not in page


def test_logs_are_stated_with_the_numbers_in_them(client: Client) -> None:
    what = row(said(client.get("/privacy/")), "Server logs")[0]

    assert "address of the page" in what
    assert "athlete number" in what


def test_operator_and_contact_are_stated(client: Client, settings: Settings) -> None:
    settings.OPERATOR, settings.CONTACT_EMAIL = "Hillside Harriers, 12 Mill Lane", "hello@club.example.org"
    page = said(client.get("/privacy/"))
    assert "<strong>Hillside Harriers, 12 Mill Lane</strong> runs Saturday Live and is responsible" in page
    assert page.count("mailto:hello@club.example.org") == 3  # above, below and in the footer

    settings.OPERATOR = settings.CONTACT_EMAIL = ""
    page = said(client.get("/privacy/"))
    assert "The people who run Saturday Live are responsible for your data. Your club captain knows" in page


def test_rights_lead_to_the_pages_where_they_are_exercised(client: Client) -> None:
    page = client.get("/privacy/").text
    rights = page[page.index('id="rights"') : page.index('id="cookies"')]

    for path in ("/settings/export/", "/settings/", "/settings/delete-account/"):
        assert f'href="{path}"' in rights


def test_contents_lead_to_the_sections(client: Client) -> None:
    page = unescape(client.get("/privacy/").text)
    contents = page[page.index('aria-label="On this page"') : page.index("</nav>", page.index("On this page"))]
    links = re.findall(r'<a href="#([\w-]+)">(.*?)</a>', contents)

    assert links == re.findall(r'<h2 id="([\w-]+)">(.*?)</h2>', page)
