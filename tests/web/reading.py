"""Read a page's text."""

from typing import Any


def said(answer: Any) -> str:
    """Return the page's markup on one line, with plain apostrophes."""
    return " ".join(answer.content.decode().replace("&#x27;", "'").split())
