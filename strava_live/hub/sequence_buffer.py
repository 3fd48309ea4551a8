"""Put the numbered changes of one club's feed in order, without duplicates."""

from collections.abc import Iterable

from strava_live.broadcast import EncodedChange


class SequenceBuffer:
    """Take changes in any order, and return them in order. Keep a change until all changes before it have come."""

    def __init__(self) -> None:
        self.last: int | None = None
        """All changes up to this number were returned, or dropped by `start_at`. None before `start_at`."""
        self.early: dict[int, EncodedChange] = {}
        """The changes that wait because one with a lower number is missing, by number."""
        self.highest_known = 0
        """The highest number of a change that is known to exist, whether the change has come or not."""

    @property
    def has_gap(self) -> bool:
        """True if changes up to `highest_known` are missing."""
        return self.last is not None and self.last < self.highest_known

    def note_exists(self, seq: int) -> None:
        """Note that the club has a change with this number."""
        self.highest_known = max(self.highest_known, seq)

    def start_at(self, seq: int) -> list[EncodedChange]:
        """Begin after the number `seq`, and drop changes up to it. Return those that follow and are already here."""
        self.last = seq
        self.note_exists(seq)
        self.early = {number: change for number, change in self.early.items() if number > seq}
        return self.pop_ready()

    def add(self, changes: Iterable[EncodedChange]) -> list[EncodedChange]:
        """Add announced changes, ignore duplicates, and return the changes whose turn has come."""
        self.early = {change.seq: change for change in self.newer_than_last(changes)} | self.early
        return self.pop_ready()

    def add_from_database(self, changes: Iterable[EncodedChange]) -> list[EncodedChange]:
        """Add changes that were read from the database, and return the changes whose turn has come.

        Each replaces the announced change of the same number, which is older: its entry may have been removed since.
        """
        self.early |= {change.seq: change for change in self.newer_than_last(changes)}
        return self.pop_ready()

    def newer_than_last(self, changes: Iterable[EncodedChange]) -> list[EncodedChange]:
        found = [change for change in changes if self.last is None or change.seq > self.last]
        for change in found:
            self.note_exists(change.seq)
        return found

    def pop_ready(self) -> list[EncodedChange]:
        """Remove and return the changes that follow the number `last` without a gap."""
        ready: list[EncodedChange] = []
        while self.last is not None and (change := self.early.pop(self.last + 1, None)):
            self.last = change.seq
            ready.append(change)
        return ready
