"""The folder for Strava's review: check it, and write the texts, the pictures and the index into it."""

import http.client
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from strava_live.formats import format_date
from strava_live.management.review.answers import Section, as_markdown
from strava_live.management.review.pages import NOT_PICTURED, PAGES, ReviewPage, Viewer, offered_pages
from strava_live.management.review.pictures import DEVICES, Camera, NoBrowser, PicturedDevice, browser, chromium_program
from strava_live.management.review.shown_text import shown_text
from strava_live.management.review.throwaway_site import ThrowawaySite
from strava_live.web.privacy_page import privacy

INDEX, ANSWERS, PRIVACY, TEXTS, PICTURES = "index.html", "answers.md", "privacy.txt", "texts", "pictures"
SESSIONS = {Viewer.ATHLETE: "athlete", Viewer.CAPTAIN: "captain", Viewer.NEWCOMER: "newcomer"}
"""The name of each viewer's session on the throw-away site. A visitor has none."""


class UnusableFolder(ValueError):
    """The folder cannot be written to. The message says why, and what to do."""


class PageNotShown(RuntimeError):
    """The throw-away site answered a page with an error. The message names the page."""


class ReviewFiles(NamedTuple):
    """The files of the review, as paths in the folder, and why there are no pictures; "" if there are."""

    files: list[str]
    no_pictures: str


class WrittenPage(NamedTuple):
    """A page in the index: its text and its pictures, as paths in the folder."""

    page: ReviewPage
    path: str
    text: str
    pictures: tuple[str, ...]


def checked_folder(path: str, *, overwrite: bool) -> Path:
    """Return the folder, created if it did not exist. Raise UnusableFolder if it cannot be written to."""
    folder = Path(path).expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()) and not overwrite:
            raise UnusableFolder(
                f"{folder} is not empty. Name a new folder, or add --overwrite to replace files of the same names."
            )
    except (FileExistsError, NotADirectoryError):
        raise UnusableFolder(f"{folder} is not a folder. Name a new one.") from None
    except OSError as error:
        raise UnusableFolder(f"{folder} cannot be used: {error.strerror}.") from None
    return folder


def write_texts(site: ThrowawaySite, folder: Path, answers: list[Section], pages: Sequence[ReviewPage]) -> None:
    """Write the answers, the privacy policy, and the texts of the pages that ask for consent or end it."""
    (folder / ANSWERS).write_text(as_markdown(answers))
    request = HttpRequest()
    request.method = "GET"
    (folder / PRIVACY).write_text(shown_text(privacy(request).content.decode()))
    (folder / TEXTS).mkdir(exist_ok=True)
    for page in pages:
        if page.has_consent_text:
            (folder / TEXTS / f"{page.file}.txt").write_text(shown_text(html_of(site, page)))


def html_of(site: ThrowawaySite, page: ReviewPage) -> str:
    path = page.path(site.values)
    request = urllib.request.Request(site.url + path)  # noqa: S310 - on this machine
    if page.viewer in SESSIONS:
        request.add_header("Cookie", f"sessionid={site.sessions[SESSIONS[page.viewer]]}")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - on this machine
            if answer.url != site.url + path:
                raise PageNotShown(f"The page {path} of the throw-away site led to {answer.url}.")
            found: str = answer.read().decode()
    except (OSError, http.client.HTTPException) as error:
        raise PageNotShown(f"The page {path} of the throw-away site could not be read: {error}.") from error
    return found


def write_pictures(site: ThrowawaySite, folder: Path, program: str, pages: Sequence[ReviewPage]) -> None:
    """Write a picture of each page for each device. Raise NoBrowser before the first one."""
    with browser(program) as running:
        (folder / PICTURES).mkdir(exist_ok=True)
        for device in DEVICES:
            for viewer in Viewer:
                session = site.sessions[SESSIONS[viewer]] if viewer in SESSIONS else ""
                camera = Camera(running, site.url, session, device)
                for page in pages:
                    if page.viewer is viewer:
                        take(camera, page, site.values, folder / picture_of(page, device))
                camera.close()


def take(camera: Camera, page: ReviewPage, values: Mapping[str, str], file: Path) -> None:
    path = page.path(values)
    status = camera.take(path, file)
    if status != http.client.OK or camera.path != path:
        raise PageNotShown(f"The page {path} of the throw-away site led to {camera.path}, with the status {status}.")


def picture_of(page: ReviewPage, device: PicturedDevice) -> str:
    return f"{PICTURES}/{PAGES.index(page) + 1:02}-{page.file}-{device.name}.png"


def write_index(folder: Path, answers: list[Section], pages: Sequence[ReviewPage], *, no_pictures: str) -> list[str]:
    """Write the index of the folder, and return the paths in the folder of all files that belong to the review."""
    listed = [written(page, with_pictures=not no_pictures) for page in pages]
    context = {
        "answers": answers,
        "pages": listed,
        "without": [(reason, [f"/{route}" for route in routes]) for reason, routes in NOT_PICTURED.items()],
        "site_name": settings.SITE_NAME,
        "no_pictures": no_pictures,
        "made_on": format_date(timezone.localdate()),
    }
    (folder / INDEX).write_text(render_to_string("review/index.html", context))
    files = [INDEX, ANSWERS, PRIVACY]
    return files + [file for one in listed for file in (*filter(None, [one.text]), *one.pictures)]


def written(page: ReviewPage, *, with_pictures: bool) -> WrittenPage:
    pictures = tuple(picture_of(page, device) for device in DEVICES) if with_pictures else ()
    text = f"{TEXTS}/{page.file}.txt" if page.has_consent_text else ""
    return WrittenPage(page, f"/{page.route}", text, pictures)


def write_review(
    site: ThrowawaySite, folder: Path, answers: list[Section], *, program: str, pages: Sequence[ReviewPage] = ()
) -> ReviewFiles:
    """Write everything, of all pages that the site offers or only of `pages`. Without a browser, take no pictures."""
    pages = pages or offered_pages()
    write_texts(site, folder, answers, pages)
    no_pictures = ""
    try:
        write_pictures(site, folder, chromium_program(program), pages)
    except NoBrowser as error:
        no_pictures = str(error)
    return ReviewFiles(write_index(folder, answers, pages, no_pictures=no_pictures), no_pictures)
