"""Decide which page of an athlete's activities to request next, and which activities on it are new.

Strava's pages are numbered, newest activity first. The list can change while it is read, and activities that the token
may not see are counted but left out. Page numbers alone would therefore skip or repeat activities, so the walk pages by
time: each request asks for activities `before` the oldest start seen plus one second. The extra second keeps activities
that share a start second from being skipped; repeated ones are dropped by their id.

Page numbers are used only where paging by time would request much of the same page again: after a page with nothing
new, a page mostly of hidden activities, or a full page within one second. The next request then has the same `before`
and a higher page number.

The history ends after two pages in a row with nothing new. So the walk gets past about 350 hidden activities in a row.
A longer row of them looks like the end of the history, because Strava sends nothing that distinguishes the two.
"""

from datetime import UTC, datetime, timedelta

from strava_live.strava.payloads import StravaActivity

PER_PAGE = 200
OVERLAP = 20
"""The number of activities that a page requested by number repeats from the page before. If activities are deleted in
between, the following ones move up, and would otherwise be skipped."""
SECOND = timedelta(seconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class PageCursor:
    """Computes the next request from the activities seen so far. `ended` is True once no request is left.

    `before` and `after` bound the instants at which the activities to read started. `few` says that these activities
    fit on one page. Then a page that is not full is the last one.
    """

    def __init__(self, *, before: datetime | None = None, after: datetime | None = None, few: bool = False) -> None:
        self.reached = before
        self.ended = False
        self.after = after
        self.few = few
        self.before = before
        self.offset = 0
        """How many activities older than `before` the next page leaves out, because they have been read."""
        self.seen_ids: set[int] = set()
        self.seen_on_page = 0
        self.page_has_new = False
        self.pages_without_new = 0
        self.passed_window = False

    def next_query(self) -> dict[str, str]:
        """Return the query of the next request.

        The query never contains `after`. With `after` alone, Strava sorts the oldest activity first. With `after` and
        `before`, the walk would need two more calls to be sure of the end.
        """
        page, per_page = page_at(self.offset)
        query = {"per_page": str(per_page)}
        if page > 1:
            query["page"] = str(page)
        if self.before is not None:
            query["before"] = str(-((EPOCH - self.before) // SECOND))  # rounded up
        return query

    def note(self, activity: StravaActivity) -> bool:
        """Note an activity of the page. Return True if it is new, and not older than `after`."""
        if not self.note_id(activity.strava_id):
            return False
        # A hidden start gives the day only. It counts as the end of that day; the start of the day would skip the rest.
        latest = activity.latest_start
        if self.reached is None or latest + SECOND < self.reached:
            self.reached = latest + SECOND
        in_window = self.after is None or latest >= self.after
        self.passed_window = self.passed_window or not in_window
        return in_window

    def note_id(self, strava_id: int) -> bool:
        """Note the id of an item of the page, also of one that cannot be read. Return True if the id is new."""
        self.seen_on_page += 1
        if strava_id in self.seen_ids:
            return False
        self.seen_ids.add(strava_id)
        self.page_has_new = True
        return True

    def page_complete(self) -> None:
        """Prepare the next request after a page that was read to its end."""
        self.pages_without_new += not self.page_has_new
        page, per_page = page_at(self.offset)
        is_last = self.few and self.seen_on_page < per_page
        self.ended = self.passed_window or self.pages_without_new == 2 or is_last
        by_time = self.page_has_new and self.seen_on_page >= PER_PAGE // 2
        self.advance(by_time=by_time, next_offset=page * per_page - OVERLAP)

    def page_broke_off(self) -> None:
        """Prepare the next request after a page that was read in part: it asks for the rest."""
        self.advance(by_time=self.page_has_new, next_offset=self.offset)

    def advance(self, *, by_time: bool, next_offset: int) -> None:
        """Set what the next request asks for.

        With `by_time`, it asks for activities before the oldest start seen. Otherwise it keeps `before`, and asks for
        the page that leaves out the newest `next_offset` activities.
        """
        if self.page_has_new:
            self.pages_without_new = 0
        self.seen_on_page, self.page_has_new = 0, False
        if by_time and self.reached != self.before:
            self.before, self.offset = self.reached, 0
        else:
            self.offset = next_offset


def page_at(offset: int) -> tuple[int, int]:
    """Return the number and the size of a page that leaves out the newest `offset` activities, or a few less."""
    if offset == 0:
        return 1, PER_PAGE
    pages_before = -(-offset // PER_PAGE)
    return pages_before + 1, offset // pages_before
