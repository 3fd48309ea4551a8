"""The tables of a club's feed: entries, each with the number of its last change, and what members do about them.

Members cheer for entries, reply to them, mention each other in posts, and report posts to the captains.

A removed entry keeps its row, with its number and without contents. A client that reconnects later learns of the
removal from the row.
"""

from collections.abc import Iterable
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from strava_live.clubs.models import Club
from strava_live.keyset import KeysetQuerySet, by_microsecond

MAX_POST = 1000
"""Most characters in a post."""
MAX_REASON = 500
"""Most characters in the reason of a report."""


class EntryQuerySet(KeysetQuerySet["Entry"]):
    keyset = by_microsecond("at", "pk")

    def of_club(self, club_id: int) -> Self:
        return self.filter(club=club_id)

    def of_clubs_of(self, user_id: int) -> Self:
        """Return the entries of all clubs that this person is a member of."""
        return self.filter(club__in=Club.objects.of(user_id))

    def not_removed(self) -> Self:
        return self.filter(removed=False)

    def changed_since(self, seq: int) -> Self:
        """Return the entries whose last change has a number above `seq`, lowest first. Includes removed ones."""
        return self.filter(seq__gt=seq).order_by("seq")

    def of_athlete(self, athlete_id: int) -> Self:
        """Return the entries that this person wrote or that are about them."""
        return self.filter(athlete=athlete_id)

    def not_replies(self) -> Self:
        return self.filter(reply_to=None)

    def standing_alone(self) -> Self:
        """Return the entries that stand alone in the feed: no replies, and the oldest of parkruns folded together."""
        older = Entry.objects.not_removed().filter(fold=OuterRef("fold"), pk__lt=OuterRef("pk"))
        return self.not_replies().filter(Q(fold=None) | ~Exists(older))

    def in_floods_of(self, entries: Iterable["Entry"]) -> Self:
        """Return the parkruns that are folded away together with one of `entries`, without removed ones."""
        return self.not_removed().filter(fold__in={entry.fold for entry in entries if entry.fold})

    def replies_to(self, entries: Iterable["Entry"]) -> Self:
        """Return the replies to `entries`, without removed ones, oldest first."""
        return self.not_removed().filter(reply_to__in=[entry.pk for entry in entries]).order_by("at", "pk")

    def mentioning(self, user_id: int) -> Self:
        """Return the posts that mention this person."""
        return self.filter(mentions__user=user_id)


class Entry(models.Model):
    """One item of a club's feed."""

    class Kind(models.TextChoices):
        PARKRUN = "parkrun"
        """One parkrun of a member."""
        MILESTONE = "milestone"
        """A round number of parkruns that a member has reached, such as 50."""
        HISTORY = "history"
        """The number of a member's parkruns that have no entry of their own."""
        POST = "post"
        """A text that a member has written."""
        JOINED = "joined"
        """A person who has joined the club."""

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="entries")
    seq = models.BigIntegerField()
    """The number of the last change. A club's numbers rise by one with each addition, change and removal."""
    first_seq = models.BigIntegerField()
    """The number under which the entry was added."""
    kind = models.CharField(max_length=9, choices=Kind)
    key = models.CharField(max_length=120)
    """What the entry is about, such as `parkrun.<athlete>.<event>.<day>`. A club has at most one entry with each key,
    apart from removed entries."""
    at = models.DateTimeField()
    """When the entry was added."""
    athlete = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="entries")
    """The person who wrote the entry or whom it is about; null once the entry is removed. A person's entries are
    removed before their account is deleted."""
    name = models.CharField(max_length=150, blank=True)
    """The person's name as this club sees it; "" for a hidden member. It may be a username of up to 150 characters."""
    text = models.TextField(blank=True)
    """The text of a post, with `@[<id>]` in place of each name that it mentions (mention_text.py); "" for other kinds,
    whose sentence is made from `name` and `data` (wording.py)."""
    data = models.JSONField(default=dict)
    """Facts that depend on the kind, such as event, date and time of a parkrun."""
    cheers = models.PositiveIntegerField(default=0)
    """How many members cheer for the entry."""
    removed = models.BooleanField(default=False)
    reply_to = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="replies")
    """The entry that this post replies to, which is not a reply itself. Null for an entry that is not a reply."""
    edited_at = models.DateTimeField(null=True)
    """When the author last changed the text of the post."""
    hidden_at = models.DateTimeField(null=True)
    """When a captain hid the post from the club. Null for a post that everyone sees."""
    hidden_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    fold = models.BigIntegerField(null=True)
    """The id of the entry below which pages fold this parkrun away, because many arrived at once (flood.py)."""

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["club", "seq"], name="entry_number_once_a_club"),
            models.UniqueConstraint(fields=["club", "key"], condition=Q(removed=False), name="entry_once_a_thing"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["club", "-at", "-id"], condition=Q(removed=False), name="entry_newest_first"),
            models.Index(fields=["athlete", "club"], name="entry_of_athlete"),
            models.Index(fields=["fold"], condition=Q(fold__isnull=False), name="entry_of_flood"),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk}"


KINDS_ON_THE_WALL = (Entry.Kind.PARKRUN, Entry.Kind.MILESTONE)
"""Kinds of entries that wall screens show."""


class CheerQuerySet(models.QuerySet["Cheer"]):
    def entries_cheered_by(self, user_id: int, entries: Iterable[Entry]) -> set[int]:
        """Return the ids of the entries, among `entries`, for which this person cheers."""
        ids = [entry.pk for entry in entries]
        return set(self.filter(user=user_id, entry__in=ids).values_list("entry_id", flat=True))


class Cheer(models.Model):
    """One member's cheer for one entry."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="cheers_given")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="cheers_given")
    at = models.DateTimeField(auto_now_add=True)

    objects = CheerQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["entry", "user"], name="cheer_once")]

    def __str__(self) -> str:
        return f"cheer for {self.entry_id}"


class Mention(models.Model):
    """One person whom a post mentions. `Entry.data` has the name under which the club sees the person."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentions")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["entry", "user"], name="mention_once")]

    def __str__(self) -> str:
        return f"mention in {self.entry_id}"


class ReportQuerySet(models.QuerySet["Report"]):
    def of_club(self, club_id: int) -> Self:
        return self.filter(entry__club=club_id)

    def undecided(self) -> Self:
        """Return the reports that wait for a captain."""
        return self.filter(outcome=Report.Decision.NONE)


class Report(models.Model):
    """One member's report of one post to the captains of the club."""

    class Decision(models.TextChoices):
        NONE = "", "not decided"
        HIDDEN = "hidden", "the post was hidden"
        KEPT = "kept", "the post stays"

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reports")
    reason = models.CharField(max_length=MAX_REASON, blank=True)
    """What is wrong with the post, in the reporter's words. Captains read it without the reporter's name."""
    at = models.DateTimeField(auto_now_add=True)
    outcome = models.CharField(max_length=6, choices=Decision, default=Decision.NONE, blank=True)
    decided_at = models.DateTimeField(null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["entry", "reporter"], name="report_once")]

    def __str__(self) -> str:
        return f"report of {self.entry_id}"
