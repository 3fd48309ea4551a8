"""What text a post may have: without invisible characters, not empty, and not too long."""

from strava_live.accounts.plain_text import is_far_too_long, shows_something, visible_lines
from strava_live.error_codes import ErrorCode
from strava_live.feed.models import MAX_POST

EMPTY_POST = "Write something first."
LONG_POST = "That's {length} characters; a post can have up to {most}."


class BadPost(ValueError):
    """The text cannot be posted. The exception's message says why, in words for the author."""

    code = ErrorCode.BAD_POST


def clean(text: str) -> str:
    """Remove invisible characters and repeated empty lines. Raise BadPost if the text is empty or too long."""
    if is_far_too_long(text, MAX_POST):
        raise BadPost(LONG_POST.format(length=f"{len(text):,}", most=f"{MAX_POST:,}"))
    if not shows_something(text):
        raise BadPost(EMPTY_POST)
    kept = visible_lines(text)
    if len(kept) > MAX_POST:
        raise BadPost(LONG_POST.format(length=f"{len(kept):,}", most=f"{MAX_POST:,}"))
    return kept
