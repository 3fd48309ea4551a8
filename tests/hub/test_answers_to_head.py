"""HEAD requests on a keep-alive connection to our server: no answer has a body, which would be read as the next one."""

import gzip
import re

import pytest

from tests.hub.full_site import FullSite, every_path, full_site
from tests.live.raw_http import Answer, RawConnection
from tests.live_site import LiveSite, LiveSites

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def site(module_sites: LiveSites) -> LiveSite:
    return module_sites.running()


@pytest.fixture(scope="module")
def full(site: LiveSite) -> FullSite:
    return full_site(site)


def get_after_head(connection: RawConnection, path: str, **headers: str) -> Answer:
    """Request a page by HEAD and by GET, each followed by a request whose answer must be its own."""
    head = connection.ask("HEAD", path, **headers)
    assert head.body == b""
    assert connection.ask("GET", "/healthz").body == b'{"status": "ok"}', path
    page = connection.ask("GET", path, **headers)
    assert connection.ask("GET", "/healthz").body == b'{"status": "ok"}', path
    assert head.status == page.status, path
    return page


def test_every_page_answers_head_without_a_body(site: LiveSite, full: FullSite) -> None:
    paths = [path for path in every_path(full.values) if not path.endswith("/stream")]  # a GET of these never ends
    statuses: dict[str, set[int]] = {"": set(), full.session: set()}
    assert len(paths) > 100

    for session in statuses:
        with RawConnection(site.url) as connection:
            cookie = {"Cookie": f"sessionid={session}"} if session else {}
            statuses[session] = {get_after_head(connection, path, **cookie).status for path in paths}

    assert {200, 302, 404} <= statuses[""] & statuses[full.session]
    assert 405 in statuses[full.session]
    assert "Traceback" not in site.log.read_text()


def test_static_files_and_error_pages_answer_head_without_a_body(site: LiveSite, full: FullSite) -> None:
    with RawConnection(site.url) as connection:
        pages = [get_after_head(connection, path) for path in ("/", "/accounts/login/")]
        files = {path for page in pages for path in re.findall(r'"(/static/[^"]+)"', page.body.decode())}
        assert {get_after_head(connection, path).status for path in files} == {200}
        assert get_after_head(connection, "/no/such/page/").status == 404
        assert get_after_head(connection, "/", Host="evil.example").status == 400


def test_compressed_pages_answer_head_without_a_body(site: LiveSite, full: FullSite) -> None:
    with RawConnection(site.url) as connection:
        for path in ("/", "/privacy/", "/sync/rows/", "/settings/"):
            asked = {"Cookie": f"sessionid={full.session}", "Accept-Encoding": "gzip"}
            head = connection.ask("HEAD", path, **asked)
            page = get_after_head(connection, path, **asked)
            assert page.headers.get("content-encoding") == head.headers.get("content-encoding"), path
            if "content-encoding" in page.headers:
                assert int(page.headers["content-length"]) == len(page.body) < len(gzip.decompress(page.body))
                assert "content-length" not in head.headers


def test_post_that_looks_like_an_http_answer_is_not_read_as_one(site: LiveSite, full: FullSite) -> None:
    with RawConnection(site.url) as connection:
        path = f"/clubs/{full.values['slug']}/?before=9000-01-01T00:00:00Z,1"  # a page of 50, which is longer
        page = get_after_head(connection, path, Cookie=f"sessionid={full.session}")

    assert page.status == 200
    assert page.body.count(b"HTTP/1.1 200 OK") > 100
    assert len(page.body) > 2 * 65536
