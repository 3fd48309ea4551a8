"""Static files as they are served: hashed names, ES modules included, and each page's stylesheets joined into one.

`css/site.css` and `css/wall.css` are lists of imports. A browser follows them as they stand in development;
collectstatic writes the imported files into them, so that a page loads one stylesheet.
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
    max_post_process_passes = 10  # one for each step of the longest chain of imports

    def post_process(self, paths: dict[str, Any], *args: Any, **options: Any) -> Any:
        """Replace the lists of stylesheets by what they import before names are hashed."""
        joined = {name: (JoinedStylesheet(*paths[name]), paths[name][1]) for name in JOINED if name in paths}
        return super().post_process({**paths, **joined}, *args, **options)


class JoinedStylesheet:
    """The storage of one list, which opens as the text of all files that it imports."""

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
