"""Static files in production: hashed names, and for each page one joined stylesheet and one joined script.

`css/site.css` and `css/wall.css` are lists of @import rules, and scripts are ES modules. In development browsers follow
the imports. collectstatic writes the imported files in their place, so that a page waits for few files.
"""

import re
from collections.abc import Callable
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from site_config.joined_modules import joined_script

STYLESHEETS = ("css/site.css", "css/wall.css")
SCRIPTS = (
    "js/copy.js",
    "js/event_names.js",
    "js/feed.js",
    "js/join_requests.js",
    "js/joining.js",
    "js/page.js",
    "js/screen.js",
    "js/selection.js",
    "js/settings.js",
    "js/sync.js",
)
"""What templates name in `{% module %}`."""
IMPORT = re.compile(r"""@import url\("(?P<name>[^"/]+)"\)(?: layer\((?P<layer>[\w-]+)\))?;""")
COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)


class HashedModulesStorage(CompressedManifestStaticFilesStorage):
    def post_process(self, paths: dict[str, Any], *args: Any, **options: Any) -> Any:
        """Replace lists of stylesheets and scripts by what they join before names are hashed."""
        ways = dict.fromkeys(STYLESHEETS, joined_stylesheet) | dict.fromkeys(SCRIPTS, joined_script)
        replaced = {
            name: (Joined(paths[name][0], join), paths[name][1]) for name, join in ways.items() if name in paths
        }
        return super().post_process({**paths, **replaced}, *args, **options)


class Joined:
    """A storage whose files open as the text of all that they import."""

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
    """Return the texts of all stylesheets in the list, each in its layer, without comments."""
    folder = path.rpartition("/")[0]

    def imported(found: re.Match[str]) -> str:
        text = COMMENT.sub("", read(f"{folder}/{found['name']}"))
        return f"@layer {found['layer']} {{\n{text}}}\n" if found["layer"] else text

    return IMPORT.sub(imported, COMMENT.sub("", read(path)))
