"""Read the HTML of an answer."""

from typing import Any


def said(answer: Any) -> str:
    """Return an answer's HTML on one line, with plain apostrophes."""
    return " ".join(answer.content.decode().replace("&#x27;", "'").split())
