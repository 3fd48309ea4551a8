"""Put the numbered changes of one club in order: pass on each once, and hold back those that arrive early."""

from collections.abc import Iterable

from strava_live.broadcast import EncodedChange


class SequenceBuffer:
    def __init__(self) -> None:
        self.last: int | None = None
        """Number of the last change passed on; None until a first snapshot gives the starting point."""
        self.early: dict[int, EncodedChange] = {}
        """Changes that wait for a lower number."""
        self.highest_known = 0
        """Highest number known to exist, received or not."""

    @property
    def has_gap(self) -> bool:
        return self.last is not None and self.last < self.highest_known

    def note_exists(self, seq: int) -> None:
        self.highest_known = max(self.highest_known, seq)

    def start_at(self, seq: int) -> list[EncodedChange]:
        """Treat everything up to `seq` as passed on. Return the changes that follow and have already arrived."""
        self.last = seq
        self.note_exists(seq)
        self.early = {number: one for number, one in self.early.items() if number > seq}
        return self.pop_ready()

    def add(self, news: Iterable[EncodedChange]) -> list[EncodedChange]:
        """Add announced changes, ignore duplicates, and return what can now be passed on."""
        self.early = {one.seq: one for one in self.newer_than_last(news)} | self.early
        return self.pop_ready()

    def add_from_database(self, news: Iterable[EncodedChange]) -> list[EncodedChange]:
        """Add changes read from the table, and return what can now be passed on.

        They replace changes of the same number that wait here. Those were announced before the table was read, and
        their entry may have been removed since.
        """
        self.early |= {one.seq: one for one in self.newer_than_last(news)}
        return self.pop_ready()

    def newer_than_last(self, news: Iterable[EncodedChange]) -> list[EncodedChange]:
        found = [one for one in news if self.last is None or one.seq > self.last]
        for one in found:
            self.note_exists(one.seq)
        return found

    def pop_ready(self) -> list[EncodedChange]:
        ready: list[EncodedChange] = []
        while self.last is not None and (one := self.early.pop(self.last + 1, None)):
            self.last = one.seq
            ready.append(one)
        return ready
