"""Texts that several pages share."""

from datetime import date, timedelta

from strava_live.formats import quantity

__all__ = ["A_MEMBER", "TODAY", "UNTITLED", "YESTERDAY", "day_words", "quantity"]

A_MEMBER = "A member"
"""In place of a name, for members who are shown without one."""
UNTITLED = "Untitled"
"""In place of an activity's name."""
TODAY, YESTERDAY = "Today", "Yesterday"


def day_words(day: date, today: date) -> str:
    """Return "Today", "Yesterday", "Saturday 14 November" or, in another year, "Saturday 14 November 2025"."""
    if day == today:
        return TODAY
    if day == today - timedelta(days=1):
        return YESTERDAY
    words = f"{day:%A} {day.day} {day:%B}"
    return words if day.year == today.year else f"{words} {day.year}"
