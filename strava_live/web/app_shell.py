"""The shell of the installed app: the files with which a browser can show the offline page, and their version.

The service worker (static/js/service_worker.js) stores these files and nothing else. The version changes with every
file's hashed name, with the offline page and with the worker itself, so that each deploy that changes one of them
installs a new worker, which replaces what the old one has stored.
"""

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.templatetags.static import static

from strava_live.web.template_tags import imported_modules

WORKER, STYLESHEET = "js/service_worker.js", "css/site.css"
SCRIPTS = ("js/page.js", "js/offline.js")
ICON, BADGE = "img/icon-192.png", "img/badge.png"
FILES = (
    ICON,
    BADGE,
    "img/favicon.svg",
    "img/icons.svg",
    "vendor/figtree-5.3.0/figtree-latin-wght-normal.woff2",
    "vendor/gabarito-5.3.0/gabarito-latin-wght-normal.woff2",
)
STYLE_IMPORT = re.compile(r"""@import url\("(?P<name>[^"/]+)"\)""")
OFFLINE, OFFLINE_SENT = "/offline/", "/offline/?sent=yes"
"""The offline page in place of a page that was opened, and in place of the answer to a form that was sent."""


class AppShell(NamedTuple):
    version: str
    files: tuple[str, ...]
    """The URLs of its static files."""
    pages: dict[str, str]
    """The HTML of its pages by their URLs."""
    worker: str
    """The service worker's JavaScript, without the line that names this shell."""

    def script(self) -> str:
        """Return the text of /sw.js."""
        facts = {
            "version": self.version,
            "files": self.files,
            "pages": [*self.pages],
            "icon": static(ICON),
            "badge": static(BADGE),
            "unknown": {"title": settings.SITE_NAME, "body": "There's something new.", "navigate": "/notifications/"},
        }
        return f"const SHELL = {json.dumps(facts)};\n{self.worker}"


def app_shell() -> AppShell:
    """Return the shell of this deploy. In development it is read again each time, because files change."""
    return read_shell() if settings.DEBUG else shell_of_deploy()


def read_shell() -> AppShell:
    files = tuple(static(name) for name in (*style_names(), *script_names(), *FILES))
    pages = {OFFLINE: offline_page(), OFFLINE_SENT: offline_page(sent=True)}
    worker = text_of(WORKER)
    digest = hashlib.sha256(json.dumps([files, pages, worker]).encode()).hexdigest()
    return AppShell(digest[:16], files, pages, worker)


shell_of_deploy = cache(read_shell)


def offline_page(*, sent: bool = False) -> str:
    """Render the page without the request: it is the same for everyone, and has nothing about a person."""
    return render_to_string("offline.html", {"site_name": settings.SITE_NAME, "sent": sent})


def style_names() -> tuple[str, ...]:
    """Return the site's stylesheet, in development with those that it imports."""
    imported = STYLE_IMPORT.finditer(text_of(STYLESHEET)) if settings.DEBUG else ()
    return (STYLESHEET, *(f"css/{found['name']}" for found in imported))


def script_names() -> tuple[str, ...]:
    """Return the scripts of the offline page, in development with the modules that they import."""
    imported = (one for name in SCRIPTS for one in imported_modules(name)) if settings.DEBUG else ()
    return tuple(dict.fromkeys((*SCRIPTS, *imported)))


def text_of(name: str) -> str:
    path = finders.find(name)
    if path is None:
        raise LookupError(f"static/{name} is missing.")
    return Path(path).read_text()
