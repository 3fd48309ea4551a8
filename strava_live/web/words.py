"""Texts that several pages share."""

from datetime import date, timedelta

from django.conf import settings

from strava_live.formats import quantity

__all__ = ["A_MEMBER", "TODAY", "UNTITLED", "YESTERDAY", "day_words", "days_kept", "quantity", "unsaved_kept_for"]

A_MEMBER = "A member"
"""What is shown instead of the name of a member who hides it."""
UNTITLED = "Untitled"
"""What is shown for an activity without a name."""
TODAY, YESTERDAY = "Today", "Yesterday"


def day_words(day: date, today: date) -> str:
    """Return "Today", "Yesterday", "Saturday 14 November" or, in another year, "Saturday 14 November 2025"."""
    if day == today:
        return TODAY
    if day == today - timedelta(days=1):
        return YESTERDAY
    words = f"{day:%A} {day.day} {day:%B}"
    return words if day.year == today.year else f"{words} {day.year}"


def days_kept(days: int) -> str:
    """Return for how long data is kept: "a week" or "30 days"."""
    return "a week" if days == 7 else quantity(days, "day", "days")


def unsaved_kept_for() -> str:
    """Return for how long an activity that was not saved is kept after Strava last returned it."""
    return days_kept(settings.RETENTION_FOUND_DAYS)
