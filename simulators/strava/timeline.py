"""An athlete's activities in the order of their starts, and the pages in which Strava lists them."""

from bisect import bisect_left, bisect_right, insort

from simulators.strava.activity import Activity

FOREVER = 1 << 60
"""An id that is larger than every activity's, for finding the place after all activities of a second."""


class Timeline:
    """Activities sorted by start.

    With `by_true_start` an activity whose start is hidden is sorted by its true start, else by the start that the API
    shows. It is not known which of the two Strava does.
    """

    def __init__(self, activities: list[Activity] | None = None, *, by_true_start: bool = True) -> None:
        self._by_true_start = by_true_start
        self._activities: dict[int, Activity] = {}
        self._order: list[tuple[int, int]] = []
        for activity in activities or []:
            self._activities[activity.id] = activity
        self._order = sorted(self._key(activity) for activity in self._activities.values())

    def __len__(self) -> int:
        return len(self._order)

    def __contains__(self, activity_id: int) -> bool:
        return activity_id in self._activities

    def get(self, activity_id: int) -> Activity | None:
        return self._activities.get(activity_id)

    def newest_first(self) -> list[Activity]:
        return [self._activities[activity_id] for _, activity_id in reversed(self._order)]

    def newest(self, position: int) -> Activity:
        """Return an activity by its number, counted from the newest, which is 0."""
        return self._activities[self._order[-1 - position][1]]

    def add(self, activity: Activity) -> None:
        self._activities[activity.id] = activity
        insort(self._order, self._key(activity))

    def remove(self, activity_id: int) -> Activity:
        activity = self._activities.pop(activity_id)
        self._order.remove(self._key(activity))
        return activity

    def page(self, *, before: int | None, after: int | None, page: int, per_page: int) -> list[Activity]:
        """Return one page of the list: newest first, or oldest first if `after` is given without `before`."""
        low = 0 if after is None else bisect_right(self._order, (after, FOREVER))
        high = len(self._order) if before is None else bisect_left(self._order, (before, -1))
        skip = (page - 1) * per_page
        if after is not None and before is None:
            keys = self._order[low + skip : low + skip + per_page]
        else:
            top = max(high - skip, low)
            keys = self._order[max(top - per_page, low) : top][::-1]
        return [self._activities[activity_id] for _, activity_id in keys]

    def _key(self, activity: Activity) -> tuple[int, int]:
        return (activity.start if self._by_true_start else activity.shown_start), activity.id
