"""Report posts to the captains of a club. Captains hide posts from the club, restore them, or leave them as they are.

A hidden post keeps its text, which only captains can read, and can be restored. Its replies stay in the feed.
"""

from typing import NamedTuple

from django.db.models import Min
from django.utils import timezone

from strava_live.accounts.plain_text import is_far_too_long, visible
from strava_live.clubs.captains import NotACaptain
from strava_live.feed.models import MAX_REASON, Entry, Report
from strava_live.feed.wording import text_of
from strava_live.notifications.models import CaptainsAnswer
from strava_live.social.notifying import note_again, note_outcome, take_back_post
from strava_live.social.post_text import BadPost
from strava_live.social.posts import LockedPost, PostIsHidden, UnknownEntry, locked_post

LONG_REASON = "That's {length} characters; a reason can have up to {most}."
ANSWERS = {Report.Decision.HIDDEN: CaptainsAnswer.REPORT_HIDDEN, Report.Decision.KEPT: CaptainsAnswer.REPORT_KEPT}
"""What a member who reported a post is notified of, by the outcome."""
MOST_LISTED = 50
"""The most posts in each list of the captains' page."""


class ReportedPost(NamedTuple):
    """A post on the captains' page, with its text also if it is hidden."""

    entry: Entry
    text: str
    reasons: list[str]
    """The reasons of its reports that wait for a captain, oldest first, "" for a report without one."""


class PostList(NamedTuple):
    """The first posts of a list on the captains' page."""

    posts: list[ReportedPost]
    """At most MOST_LISTED."""
    number: int
    """How many posts the whole list has."""


def report_post(user_id: int, entry_id: int, reason: str = "") -> Report:
    """Report a post to the captains. Another report of the same post by the same member changes nothing.

    Raise UnknownEntry if the person is not a member or the post does not exist, PostIsHidden if a captain has hidden
    it, and BadPost if the reason is too long.
    """
    reason = reason if is_far_too_long(reason, MAX_REASON) else visible(reason).strip()
    if len(reason) > MAX_REASON:
        raise BadPost(LONG_REASON.format(length=f"{len(reason):,}", most=f"{MAX_REASON:,}"))
    with locked_post(user_id, entry_id) as (entry, _, _):
        if entry.removed:
            raise UnknownEntry(entry_id)
        if entry.hidden_at:
            raise PostIsHidden
        report, _ = Report.objects.get_or_create(entry=entry, reporter_id=user_id, defaults={"reason": reason})
    return report


def hide_post(captain_id: int, entry_id: int) -> None:
    """Hide a post from the club, which also decides the reports of it. Raise NotACaptain or UnknownEntry.

    Do nothing if it is already hidden.
    """
    with locked_post(captain_id, entry_id) as locked:
        entry = entry_for_captain(locked)
        if entry.hidden_at is None:
            entry.hidden_at, entry.hidden_by_id = locked.writer.now, captain_id
            locked.writer.change(entry)
            take_back_post(entry)
        decide_reports(entry, captain_id, Report.Decision.HIDDEN)


def restore_post(captain_id: int, entry_id: int) -> None:
    """Show a hidden post to the club again. Raise NotACaptain or UnknownEntry. Do nothing if it is not hidden.

    Hiding the post has taken back all notifications about it. Those of its mentions and, if it is a reply, of the reply
    are noted again, without a push: devices may have shown them before. Cheers for the post, and replies to it, are not
    noted again.
    """
    with locked_post(captain_id, entry_id) as locked:
        entry = entry_for_captain(locked)
        if entry.hidden_at is not None:
            entry.hidden_at = entry.hidden_by_id = None
            note_again(entry)
            locked.writer.change(entry)


def keep_post(captain_id: int, entry_id: int) -> None:
    """Leave a reported post as it is, which decides the reports of it. Raise NotACaptain or UnknownEntry."""
    with locked_post(captain_id, entry_id) as locked:
        decide_reports(entry_for_captain(locked), captain_id, Report.Decision.KEPT)


def entry_for_captain(locked: LockedPost) -> Entry:
    if not locked.member.is_captain:
        raise NotACaptain(locked.member.user_id)
    if locked.entry.removed:
        raise UnknownEntry(locked.entry.pk)
    return locked.entry


def decide_reports(entry: Entry, captain_id: int, outcome: Report.Decision) -> None:
    """Give the reports of a post that wait for a captain their outcome, and notify those who have reported it."""
    reports = Report.objects.undecided().filter(entry=entry)
    note_outcome(reports, entry, captain_id, ANSWERS[outcome])
    reports.update(outcome=outcome, decided_at=timezone.now())


def reported_posts(club_id: int) -> PostList:
    """Return the posts whose reports wait for a captain, in the order of their first reports."""
    reports = Report.objects.undecided().of_club(club_id)
    first = reports.values("entry").annotate(first=Min("pk")).order_by("first")
    ids = [row["entry"] for row in first[:MOST_LISTED]]
    reasons: dict[int, list[str]] = {entry_id: [] for entry_id in ids}
    for entry_id, reason in reports.filter(entry__in=ids).order_by("pk").values_list("entry", "reason"):
        reasons[entry_id].append(reason)
    entries = Entry.objects.in_bulk(ids)
    posts = [ReportedPost(entries[one], text_of(entries[one]), reasons[one]) for one in ids]
    return PostList(posts, count_reported(club_id))


def hidden_posts(club_id: int) -> PostList:
    """Return the posts that captains have hidden, the most recently hidden first."""
    hidden = Entry.objects.of_club(club_id).not_removed().filter(hidden_at__isnull=False)
    listed = hidden.order_by("-hidden_at", "-pk")[:MOST_LISTED]
    return PostList([ReportedPost(entry, text_of(entry), []) for entry in listed], hidden.count())


def count_reported(club_id: int) -> int:
    """Return how many posts of a club have reports that wait for a captain."""
    return Report.objects.undecided().of_club(club_id).values("entry").distinct().count()
