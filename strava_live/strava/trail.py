"""Where a walk through an athlete's history stands: what to ask Strava next, and what of the answer is new.

Strava pages by number, newest first, over a list that changes while it is read, and leaves out of a page what the token
may not see. So the walk goes by time: each question is `before` the oldest start seen plus a second, which lets nobody
slip through a shared second, and what comes twice is dropped by its id. It goes deeper into the same `before` by page
number only where time would not get on: after an answer with nothing new, or mostly of hidden ones (which would all be
asked for again), or of more in one second than fit an answer.

Two answers in a row with nothing new are the end. That passes over some 350 hidden ones in a row; more than those look
like the end, for Strava says nothing that would tell the two apart.
"""

from datetime import UTC, datetime, timedelta

from strava_live.strava.payloads import Activity

PER_PAGE = 200
# Pages by number shift when something above them is removed meanwhile, so each begins a little before the last ended.
OVERLAP = 20
_SECOND = timedelta(seconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Trail:
    """The place a walk has reached. `ended` once there is nothing older in its window."""

    def __init__(self, *, before: datetime | None = None, after: datetime | None = None) -> None:
        self.reached = before
        self.ended = False
        self._after = after
        self._before = before
        self._position = 0
        self._seen: set[int] = set()
        self._met = 0
        self._news = False
        self._idle = 0
        self._past_window = False

    def question(self) -> dict[str, str]:
        """The parameters of the next call. `after` is not among them: it would turn the order round when it is alone,
        and cost two more calls to make sure of the end when it is not."""
        page, per_page = _page_at(self._position)
        query = {"per_page": str(per_page)}
        if page > 1:
            query["page"] = str(page)
        if self._before is not None:
            query["before"] = str(-((_EPOCH - self._before) // _SECOND))  # rounded up
        return query

    def meets(self, activity: Activity) -> bool:
        """Take note of an activity; true when it is new and in the window."""
        if not self.meets_id(activity.strava_id):
            return False
        # A hidden start tells the day only. It counts as the day's end, or the rest of that day would be left out.
        latest = activity.latest_start
        if self.reached is None or latest + _SECOND < self.reached:
            self.reached = latest + _SECOND
        in_window = self._after is None or latest >= self._after
        self._past_window = self._past_window or not in_window
        return in_window

    def meets_id(self, strava_id: int) -> bool:
        """Take note that something has come, readable or not; true when it had not come before."""
        self._met += 1
        if strava_id in self._seen:
            return False
        self._seen.add(strava_id)
        self._news = True
        return True

    def answered(self) -> None:
        """The answer has been read to its end."""
        self._idle += not self._news
        page, per_page = _page_at(self._position)
        self.ended = self._past_window or self._idle == 2
        self._go_on(by_time=self._news and self._met >= PER_PAGE // 2, deeper=page * per_page - OVERLAP)

    def broke_off(self) -> None:
        """The answer broke off somewhere: what came of it counts, its end is still to be asked for."""
        self._go_on(by_time=self._news, deeper=self._position)

    def _go_on(self, *, by_time: bool, deeper: int) -> None:
        if self._news:
            self._idle = 0
        self._met, self._news = 0, False
        if by_time and self.reached != self._before:
            self._before, self._position = self.reached, 0
        else:
            self._position = deeper


def _page_at(position: int) -> tuple[int, int]:
    """A page number and size whose page begins at `position` or just before it."""
    if position == 0:
        return 1, PER_PAGE
    pages_before = -(-position // PER_PAGE)
    return pages_before + 1, position // pages_before
