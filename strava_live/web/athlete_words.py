"""The texts of /athletes/ (the list of clubmates) and /athletes/<id>/ (one clubmate)."""

from datetime import date

from strava_live.membership.clubmates import Clubmate
from strava_live.web.words import quantity


def latest_words(shown: Clubmate, today: date) -> str:
    """Return for example "last parkrun 21 Nov", with the year if it is another year than today's.

    Return "not sharing parkruns" for a member who does not share them, and "" for a member who has none yet.
    """
    latest = shown.figures.latest if shown.figures else None
    if latest:
        year = "" if latest.year == today.year else f" {latest.year}"
        return f"last parkrun {latest.day} {latest:%b}{year}"
    return "" if shown.shares else "not sharing parkruns"


def earlier_count(shown: Clubmate, listed: int) -> int:
    """Return how many of a member's parkruns are counted but not listed: they came before the first one listed."""
    figures = shown.figures
    return max(0, (figures.parkruns or 0) + (figures.juniors or 0) - listed) if figures else 0


def empty_list_words(shown: Clubmate, *, is_me: bool, earlier: int) -> tuple[str, str]:
    """Return the heading and the sentence that stand in place of an empty list of parkruns."""
    if not shown.shares:
        if is_me:
            return "Nothing shared", "Clubmates see your name and nothing else until you turn on sharing."
        return "Nothing shared", f"{shown.name} is in your club but doesn't share their parkruns."
    if shown.figures is None or shown.figures.parkruns is None:
        return "Still importing", "Their parkruns appear here as they come in."
    if earlier:
        heading = quantity(earlier, "earlier parkrun", "earlier parkruns")
        return heading, "They're counted, but not listed one by one. New parkruns appear here."
    return "No parkruns yet", "They'll appear here once there are some."


def difference_words(*, earlier: int, private: int) -> str:
    """Explain why the number of parkruns on a member's page and in the club's feed can differ."""
    sentences = []
    if earlier:
        sentences.append(f"{quantity(earlier, 'earlier parkrun is', 'earlier parkruns are')} counted but not listed.")
    if private:
        verb, subject = ("is", "It counts") if private == 1 else ("are", "They count")
        sentences.append(
            f"{private} of your parkruns {verb} private on Strava. "
            f"{subject} in the feed but not here, so the two can differ."
        )
    else:
        sentences.append(
            "Runs kept private on Strava count in the feed's number but aren't listed or counted here, so the two can "
            "differ."
        )
    return " ".join(sentences)
