"""The text of a post as HTML: its web addresses, and the members whom it mentions, are links.

static/js/feed/links.js makes the same links in posts that arrive live.
"""

import re
from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from strava_live.protocol import Json

URL = re.compile(r"(?<![0-9A-Za-z_])https?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]}…]", re.IGNORECASE)
"""A web address in a text, without a full stop or bracket right after it."""


def with_links(text: str, mentions: Sequence[Json] = ()) -> SafeString:
    """Return the text as HTML: escaped, with links.

    `mentions` are the mentioned members as {"id", "name"}, in the order of the text. The text has "@" and the name of
    each, such as "@Ana B.".
    """
    left, parts, end = list(mentions), list[str](), 0
    for found in URL.finditer(text):
        parts += [*mentioned(text[end : found.start()], left), link_to(found[0])]
        end = found.end()
    return format_html_join("", "{}", ([part] for part in [*parts, *mentioned(text[end:], left)]))


def link_to(address: str) -> SafeString:
    return format_html('<a href="{}" rel="nofollow ugc noopener">{}</a>', address, address)


def link_to_member(member: Json) -> SafeString:
    address = reverse("athlete", args=[member["id"]])
    return format_html('<a class="mention" href="{}">@{}</a>', address, member["name"])


def mentioned(text: str, left: list[Json]) -> Iterator[str]:
    """Yield the parts of a text: plain ones, and a link for each member in it.

    If several members in `left` have the same name, each `@` with this name takes the next member. The last one stays
    for all later `@`s.
    """
    end, at = 0, text.find("@")
    while at >= 0:
        named = [one for one in left if text.startswith(one["name"], at + 1)]
        if member := max(named, key=lambda one: len(one["name"]), default=None):
            yield text[end:at]
            yield link_to_member(member)
            end = at + 1 + len(member["name"])
            if sum(one["name"] == member["name"] for one in left) > 1:
                left.remove(member)
        at = text.find("@", max(at + 1, end))
    yield text[end:]
