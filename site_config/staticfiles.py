"""Static files in production: names with a hash of the content, and one stylesheet and one script for a page.

The stylesheets in STYLESHEETS are lists of @import rules, and scripts are ES modules that import others. In development
browsers follow the imports. collectstatic puts the imported files in the place of the imports, so that a
page has few files to wait for.
"""

import re
from collections.abc import Callable
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from site_config.joined_modules import joined_script

STYLESHEETS = (
    "css/site.css",
    "css/site_about.css",
    "css/site_bucket.css",
    "css/site_messages.css",
    "css/wall.css",
)
SCRIPTS = (
    "js/bucket.js",
    "js/conversation.js",
    "js/conversations.js",
    "js/copy.js",
    "js/event_names.js",
    "js/feed.js",
    "js/header.js",
    "js/join_requests.js",
    "js/joining.js",
    "js/offline.js",
    "js/page.js",
    "js/parkruns.js",
    "js/print.js",
    "js/push.js",
    "js/screen.js",
    "js/selection.js",
    "js/settings.js",
    "js/status.js",
    "js/sync.js",
)
"""The scripts that templates load with `{% module %}`."""
IMPORT = re.compile(r"""@import url\("(?P<name>[^"/]+)"\)(?: layer\((?P<layer>[\w-]+)\))?;""")
COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)


class HashedModulesStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage, which hashes names and compresses files. Here stylesheets and scripts are joined first."""

    def post_process(self, paths: dict[str, Any], *args: Any, **options: Any) -> Any:
        ways = dict.fromkeys(STYLESHEETS, joined_stylesheet) | dict.fromkeys(SCRIPTS, joined_script)
        replaced = {
            name: (Joined(paths[name][0], join), paths[name][1]) for name, join in ways.items() if name in paths
        }
        return super().post_process({**paths, **replaced}, *args, **options)


class Joined:
    """A storage in which opening a file returns its text joined with everything that it imports."""

    def __init__(self, source: Storage, join: Callable[[str, Callable[[str], str]], str]) -> None:
        self.source = source
        self.join = join

    def open(self, path: str) -> "ContentFile[bytes]":
        return ContentFile(self.join(path, self.read).encode())

    def read(self, path: str) -> str:
        with self.source.open(path) as file:
            text: str = file.read().decode()
        return text


def joined_stylesheet(path: str, read: Callable[[str], str]) -> str:
    """Return a stylesheet with the texts of those that it imports, each in its CSS layer, without comments."""
    folder = path.rpartition("/")[0]

    def imported(found: re.Match[str]) -> str:
        text = COMMENT.sub("", read(f"{folder}/{found['name']}"))
        return f"@layer {found['layer']} {{\n{text}}}\n" if found["layer"] else text

    return IMPORT.sub(imported, COMMENT.sub("", read(path)))
