"""List every address of the site, for tests that open each page."""

import re
from collections.abc import Iterable, Iterator

from django.urls import URLPattern, get_resolver, resolve

ROUTE_PART = re.compile(r"<(?:\w+:)?(\w+)>")
GROUP = re.compile(r"\(\?P<(\w+)>[^)]*\)")
PARAMETERS = {
    "app_label": "strava_live",
    "athlete_id": "1",
    "code": "no-invitation",
    "content_type_id": "1",
    "entry_id": "1",
    "id": "1",
    "key": "no-key",
    "object_id": "1",
    "pk": "1",
    "result_id": "1",
    "run_id": "1",
    "slug": "striders",
    "property_id": "dcd:properties:1",
    "strava_id": "1",
    "thing_id": "dcd:things:1",
    "uidb36": "1",
    "url": "nowhere",
    "user_id": "1",
}


def every_address(**known: object) -> list[str]:
    """Return each address once, with a value in place of each parameter of its URL pattern.

    `known` gives values of rows that exist, such as `slug="striders"`.
    """
    values = PARAMETERS | {name: str(value) for name, value in known.items()}
    paths = dict.fromkeys(f"/{filled(pattern, values)}" for pattern in patterns(get_resolver().url_patterns))
    for path in paths:
        resolve(path)
    return list(paths)


def patterns(found: Iterable[object], before: str = "") -> Iterator[str]:
    for one in found:
        whole = f"{before}{one.pattern}"  # type: ignore[attr-defined]
        if isinstance(one, URLPattern):
            yield whole
        else:
            yield from patterns(one.url_patterns, whole)  # type: ignore[attr-defined]


def filled(pattern: str, values: dict[str, str]) -> str:
    path = ROUTE_PART.sub(lambda part: values[part[1]], GROUP.sub(lambda part: values[part[1]], pattern))
    return path.replace("^", "").replace("$", "")
