"""The template tag `module`: an ES module of the page, fetched as early as the stylesheet.

collectstatic joins a module with all that it imports (site_config/staticfiles.py). In development the browser follows
the imports itself; without preloads it learns of each only when the module before it has arrived.
"""

import posixpath
import re
from pathlib import Path

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
IMPORT = re.compile(r"""^(?:import|export)\b[^;"']*["'](?P<path>\.[^"']+)["'];""", re.MULTILINE)


@register.simple_tag
def module(name: str) -> SafeString:
    names = (name, *imported_by(name)) if settings.DEBUG else (name,)
    preloads = format_html_join("", '<link rel="modulepreload" href="{}">', ((static(one),) for one in names))
    return format_html('{}<script type="module" src="{}"></script>', preloads, static(name))


def imported_by(name: str) -> tuple[str, ...]:
    """Return the names of all modules that `name` imports, directly or through others, nearest first."""
    found: dict[str, None] = {}
    waiting = [name]
    while waiting:
        reading = waiting.pop(0)
        for one in imports_of(reading):
            if one not in found:
                found[one] = None
                waiting.append(one)
    return tuple(found)


def imports_of(name: str) -> list[str]:
    path = finders.find(name)
    text = Path(path).read_text() if path else ""
    folder = posixpath.dirname(name)
    return [posixpath.normpath(posixpath.join(folder, found["path"])) for found in IMPORT.finditer(text)]
