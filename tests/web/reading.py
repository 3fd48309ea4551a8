"""Reading a page as somebody would."""

from typing import Any


def said(answer: Any) -> str:
    """Its words and markup, without the line breaks of its template."""
    return " ".join(answer.content.decode().replace("&#x27;", "'").split())
