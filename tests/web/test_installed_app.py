"""What makes the site an app: its manifest, its service worker, and the page that is shown without a connection."""

import json
import re
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from pytest_django import Settings

from strava_live.web.app_shell import (
    FILES,
    OFFLINE,
    OFFLINE_SENT,
    SCRIPTS,
    STYLESHEET,
    read_shell,
    shell_of_deploy,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ADDRESSES = ("/manifest.webmanifest", "/sw.js", OFFLINE, OFFLINE_SENT)


@pytest.fixture(autouse=True)
def shell_is_read_again() -> Iterator[None]:
    shell_of_deploy.cache_clear()
    yield
    shell_of_deploy.cache_clear()


def facts_of(worker: str) -> dict[str, object]:
    """Return what the first line of the service worker says about the shell."""
    line = worker.partition("\n")[0]
    facts: dict[str, object] = json.loads(line.removeprefix("const SHELL = ").removesuffix(";"))
    return facts


def static_urls(page: str) -> set[str]:
    return set(re.findall(r'"(/static/[^"#]+)', page))


def collect(settings: Settings, folder: Path, *, style: str) -> None:
    """Let the site have static files with hashes in their names, as after a deploy. `style` is that of STYLESHEET."""
    hashes = dict.fromkeys((*SCRIPTS, *FILES, "img/touch-icon.png"), "0a") | {STYLESHEET: style}
    paths = {name: f"{Path(name).with_suffix('')}.{digest}{Path(name).suffix}" for name, digest in hashes.items()}
    folder.mkdir()
    (folder / "staticfiles.json").write_text(json.dumps({"version": "1.1", "paths": paths, "hash": ""}))
    settings.STATIC_ROOT = folder
    storage = {"BACKEND": "site_config.staticfiles.HashedModulesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": storage}


def test_manifest_names_the_site_and_its_icons(client: Client, settings: Settings) -> None:
    settings.SITE_NAME = "Striders Live"

    answer = client.get("/manifest.webmanifest")

    assert answer.headers["Content-Type"] == "application/manifest+json"
    manifest = answer.json()
    assert (manifest["name"], manifest["display"], manifest["start_url"]) == ("Striders Live", "standalone", "/")
    assert {(one["sizes"], one["purpose"]) for one in manifest["icons"]} == {
        (sizes, purpose) for sizes in ("192x192", "512x512", "any") for purpose in ("any", "maskable")
    }
    for one in manifest["icons"]:
        content = Path(str(finders.find(one["src"].removeprefix("/static/")))).read_bytes()
        assert len(content) < 30_000
        if one["type"] == "image/png":
            assert "{}x{}".format(*struct.unpack(">II", content[16:24])) == one["sizes"]
    for one in manifest["shortcuts"]:
        assert client.get(one["url"]).status_code == 302  # to the sign-in page


@pytest.mark.parametrize("path", ["/", "/privacy/", "/accounts/login/"])
def test_pages_lead_to_the_manifest(client: Client, path: str) -> None:
    assert '<link rel="manifest" href="/manifest.webmanifest">' in client.get(path).text


@pytest.mark.parametrize("address", ADDRESSES)
def test_answers_are_the_same_for_everybody_and_checked_each_time(
    client: Client, as_athlete: Client, address: str
) -> None:
    as_athlete.cookies["theme"] = "dark"

    anonymous, personal = client.get(address), as_athlete.get(address)

    assert personal.content == anonymous.content
    assert personal.headers["Cache-Control"] == anonymous.headers["Cache-Control"] == "no-cache"
    assert "alva" not in personal.text.lower()


def test_service_worker_is_not_sent_again_while_it_is_the_same(client: Client) -> None:
    first = client.get("/sw.js")
    again = client.get("/sw.js", headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Content-Type"] == "text/javascript"
    assert (again.status_code, again.headers["ETag"]) == (304, first.headers["ETag"])


@pytest.mark.parametrize("debug", [True, False])
def test_shell_has_all_that_the_offline_page_needs(client: Client, settings: Settings, debug: bool) -> None:
    settings.DEBUG = debug

    facts = facts_of(client.get("/sw.js").text)
    page = client.get(OFFLINE)

    assert facts["pages"] == [OFFLINE, OFFLINE_SENT]
    assert page.headers["Shell-Version"] == facts["version"]
    files = set(facts["files"])  # type: ignore[call-overload]
    assert static_urls(page.text) - files == {"/static/img/touch-icon.png"}  # which only an installation needs
    assert ("/static/css/tokens.css" in files) is debug  # joined into site.css when static files are collected
    assert {url for url in files if finders.find(url.removeprefix("/static/")) is None} == set()


def test_page_in_place_of_a_form_says_that_nothing_was_sent(client: Client) -> None:
    assert "hasn't been sent" in client.get(OFFLINE_SENT).text
    assert "hasn't been sent" not in client.get(OFFLINE).text


def test_deploy_with_another_stylesheet_has_another_version(settings: Settings, tmp_path: Path) -> None:
    collect(settings, tmp_path / "one", style="b1")
    before, same = read_shell(), read_shell()
    collect(settings, tmp_path / "two", style="b2")
    after = read_shell()

    assert before.version == same.version != after.version
    assert ("/static/css/site.b1.css" in before.files, "/static/css/site.b2.css" in after.files) == (True, True)
    assert "/static/css/site.b2.css" in after.pages[OFFLINE]
