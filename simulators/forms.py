"""Pieces of HTML that control pages share: forms that post to control calls, and their fields."""

from collections.abc import Mapping
from html import escape


def form(call: str, inside: str, **hidden: int | str) -> str:
    """Return a form on one line that posts to a control call. The address is relative to that of the page."""
    fields = "".join(
        f'<input type="hidden" name="{name}" value="{escape(str(value))}">' for name, value in hidden.items()
    )
    return f'<form class="line" method="post" action="{call}">{fields}{inside}</form>'


def options(choices: Mapping[str, str], chosen: str) -> str:
    return "".join(
        f'<option value="{escape(value)}"{" selected" * (value == chosen)}>{escape(words)}</option>'
        for value, words in choices.items()
    )


def select(name: str, words: str, choices: Mapping[str, str], chosen: str) -> str:
    return f'<label class="small">{words}<select name="{name}">{options(choices, chosen)}</select></label>'


def field(name: str, words: str, value: object, *, size: int = 6) -> str:
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    return f'<label class="small">{words}<input name="{name}" size="{size}" value="{escape(shown)}"></label>'
