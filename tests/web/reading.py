"""Read a page's text, and the messages for its visitor."""

from typing import Any

from django.contrib.messages import get_messages


def said(answer: Any) -> str:
    """Return an answer's HTML on one line, with plain apostrophes."""
    return " ".join(answer.content.decode().replace("&#x27;", "'").split())


def messages_in(answer: Any) -> str:
    """Return the messages of Django's framework that the answer has left for the visitor's next page."""
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))
