"""The site's own template tags, available in every template without `load`."""

import posixpath
import re
from pathlib import Path

from django import forms, template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from strava_live.formats import full_stop
from strava_live.web.arrival import arrival

register = template.Library()
register.filter("full_stop", full_stop)
register.simple_tag(arrival)
IMPORT = re.compile(r"""^(?:import|export)\b[^;"']*["'](?P<path>\.[^"']+)["'];""", re.MULTILINE)


@register.filter
def error_count(form: forms.BaseForm) -> int:
    """Return how many error messages a form has."""
    return sum(len(messages) for messages in form.errors.values())


@register.simple_tag
def module(name: str) -> SafeString:
    """Load an ES module. In development also preload each module that it imports.

    collectstatic joins a module with its imports (site_config/staticfiles.py), so production loads one file. Without
    the preloads a browser learns of an import only when the importing module has arrived.
    """
    names = (name, *imported_modules(name)) if settings.DEBUG else (name,)
    preloads = format_html_join("", '<link rel="modulepreload" href="{}">', ((static(one),) for one in names))
    return format_html('{}<script type="module" src="{}"></script>', preloads, static(name))


def imported_modules(name: str) -> tuple[str, ...]:
    """Return the names of all modules that `name` imports, directly or through others, nearest first."""
    found: dict[str, None] = {}
    queue = [name]
    while queue:
        for one in direct_imports(queue.pop(0)):
            if one not in found:
                found[one] = None
                queue.append(one)
    return tuple(found)


def direct_imports(name: str) -> list[str]:
    path = finders.find(name)
    text = Path(path).read_text() if path else ""
    folder = posixpath.dirname(name)
    return [posixpath.normpath(posixpath.join(folder, found["path"])) for found in IMPORT.finditer(text)]
