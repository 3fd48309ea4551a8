"""The numbers of one club as they arrive: each is passed on once and in order, and what comes too early waits."""

from collections.abc import Iterable

from strava_live.broadcast import News


class SequenceBuffer:
    def __init__(self) -> None:
        self.last: int | None = None
        """What has been passed on so far; None until a first snapshot says where the club stands."""
        self.early: dict[int, News] = {}
        self.known = 0
        """The highest number that is known to be there."""

    @property
    def behind(self) -> bool:
        return self.last is not None and self.last < self.known

    def know(self, seq: int) -> None:
        self.known = max(self.known, seq)

    def begin_at(self, seq: int) -> list[News]:
        """Everything up to this number is told by other means; what follows it and is here already, is next."""
        self.last = seq
        self.know(seq)
        self.early = {number: one for number, one in self.early.items() if number > seq}
        return self.next_ones()

    def take(self, news: Iterable[News]) -> list[News]:
        """What can be passed on with these; what was passed on before, or is here already, is dropped."""
        self.early = {one.seq: one for one in self.not_passed_on(news)} | self.early
        return self.next_ones()

    def take_from_table(self, news: Iterable[News]) -> list[News]:
        """The same, but what waits under these numbers is dropped: it was announced before the table was read, and may
        be of an entry that is gone since."""
        self.early |= {one.seq: one for one in self.not_passed_on(news)}
        return self.next_ones()

    def not_passed_on(self, news: Iterable[News]) -> list[News]:
        found = [one for one in news if self.last is None or one.seq > self.last]
        for one in found:
            self.know(one.seq)
        return found

    def next_ones(self) -> list[News]:
        ready: list[News] = []
        while self.last is not None and (one := self.early.pop(self.last + 1, None)):
            self.last = one.seq
            ready.append(one)
        return ready
