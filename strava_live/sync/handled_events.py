"""The outcomes of Strava's events, written in the transaction that stores the resulting changes of activities."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import F

from strava_live.webhook.models import StravaEvent

Outcome = StravaEvent.Outcome
RETRY_AFTER_S = (1, 2, 4, 8, 16, 60, 180, 600, 1200, 1800)
"""The pauses in seconds between attempts to get an activity that Strava does not return: about an hour in all. If the
attempt after the last pause fails as well, the event is given up."""


@dataclass(slots=True)
class HandledEvents:
    """What a look at Strava means for the events about an athlete's activities. `write` stores it."""

    gone: set[int] = field(default_factory=set)
    """Strava's ids of the activities that were deleted or are hidden from us."""
    hidden: set[int] = field(default_factory=set)
    """Strava's ids of the activities to hide from clubs until Strava has given a clear answer."""
    outcomes: dict[str, list[StravaEvent]] = field(default_factory=lambda: defaultdict(list))
    """The events that are handled now, by outcome."""
    postponed: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    """The keys of the events that wait for another attempt, by the length of their pause in seconds."""
    is_whole_look: bool = False
    """True after a look that no error has ended early. The run may then end in the same transaction."""

    @property
    def unseen(self) -> set[int]:
        return self.gone | self.hidden

    def settle(self, outcome: str, events: Iterable[StravaEvent]) -> None:
        self.outcomes[outcome] += events

    def postpone(self, events: Iterable[StravaEvent], *, give_up: str) -> None:
        """Let these events wait for another attempt. Those that have had all attempts get the outcome `give_up`.

        If `give_up` is NEVER_SEEN, the activities of the events that are given up count as gone.
        """
        for event in events:
            if event.tries < len(RETRY_AFTER_S):
                self.postponed[RETRY_AFTER_S[event.tries]].append(event.pk)
            else:
                self.settle(give_up, [event])
                if give_up == Outcome.NEVER_SEEN:
                    self.gone.add(event.object_id)

    def write(self, athlete_id: int, removed: Collection[int], *, now: datetime) -> None:
        """Store the outcomes and pauses in the caller's transaction.

        `removed` holds Strava's ids of the activities that this transaction has removed. The outcome of an event about
        one of them is REMOVED, even if it was to be NEVER_SEEN.
        """
        never_seen = self.outcomes.pop(Outcome.NEVER_SEEN, [])
        for event in never_seen:
            self.outcomes[Outcome.REMOVED if event.object_id in removed else Outcome.NEVER_SEEN].append(event)
        waiting = StravaEvent.objects.of(athlete_id).waiting()
        for outcome, events in self.outcomes.items():
            waiting.filter(pk__in=[event.pk for event in events]).update(handled_at=now, outcome=outcome)
        for pause_s, keys in self.postponed.items():
            later = now + timedelta(seconds=pause_s)
            waiting.filter(pk__in=keys).update(next_try_at=later, tries=F("tries") + 1)


NO_EVENTS = HandledEvents()
"""Nothing to write: an import handles no events."""


def answered_since(athlete_id: int, asked_at: datetime) -> set[int]:
    """Return Strava's ids of the activities that were stored or removed because of an event since `asked_at`.

    What Strava returned to a request of `asked_at` may be older than their rows, so the caller keeps the rows. If such
    an activity has changed once more, Strava sends another event about it.
    """
    answered = StravaEvent.objects.of(athlete_id).filter(handled_at__gt=asked_at)
    return set(answered.filter(outcome__in=(Outcome.STORED, Outcome.REMOVED)).values_list("object_id", flat=True))


def settle_all(athlete_ids: Collection[int], outcome: str, *, now: datetime) -> None:
    """Give all waiting events of these athletes an outcome."""
    StravaEvent.objects.filter(athlete__in=athlete_ids).waiting().update(handled_at=now, outcome=outcome)
