"""Texts that several pages share."""

from datetime import date, timedelta

A_MEMBER = "A member"
"""What stands in place of a name, for members who are shown without one."""


def quantity(number: int, one: str, several: str) -> str:
    """Return a number with its noun: "1 activity" or "1,312 activities"."""
    return f"{number:,} {one if number == 1 else several}"


def day_words(day: date, today: date) -> str:
    """Return "Today", "Yesterday", "Saturday 14 November" or, in another year, "Saturday 14 November 2025"."""
    if day == today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    words = f"{day:%A} {day.day} {day:%B}"
    return words if day.year == today.year else f"{words} {day.year}"


def without_parkrun(event_name: str) -> str:
    """Shorten an event's name for a wall screen: Bushy parkrun → Bushy, Bushy junior parkrun → Bushy juniors."""
    return event_name.replace(" junior parkrun", " juniors", 1).replace(" parkrun", "", 1)
