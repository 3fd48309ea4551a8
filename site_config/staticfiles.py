"""Static files in production: hashed names, also in ES module imports, and one joined stylesheet per page.

`css/site.css` and `css/wall.css` are lists of @import rules. In development, browsers follow them. collectstatic
replaces them by the imported files, so that a page loads one stylesheet.
"""

import re
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

JOINED = ("css/site.css", "css/wall.css")
IMPORT = re.compile(r"""@import url\("(?P<name>[^"/]+)"\)(?: layer\((?P<layer>[\w-]+)\))?;""")
COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)


class HashedModulesStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
    max_post_process_passes = 10  # at least the length of the longest chain of imports

    def post_process(self, paths: dict[str, Any], *args: Any, **options: Any) -> Any:
        """Join the stylesheets before names are hashed."""
        joined = {name: (JoinedStylesheet(*paths[name]), paths[name][1]) for name in JOINED if name in paths}
        return super().post_process({**paths, **joined}, *args, **options)


class JoinedStylesheet:
    """A storage for one list of stylesheets. Opening it gives the text of all files that it imports."""

    def __init__(self, source: Storage, path: str) -> None:
        self.source = source
        self.path = path

    def open(self, path: str) -> "ContentFile[bytes]":
        return ContentFile(IMPORT.sub(self.imported, self.read(path)).encode())

    def imported(self, found: re.Match[str]) -> str:
        folder = self.path.rpartition("/")[0]
        text = self.read(f"{folder}/{found['name']}")
        return f"@layer {found['layer']} {{\n{text}}}\n" if found["layer"] else text

    def read(self, path: str) -> str:
        """Return a stylesheet without its comments."""
        with self.source.open(path) as file:
            return COMMENT.sub("", file.read().decode())
