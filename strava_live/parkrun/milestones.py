"""The numbers that parkrun celebrates, and the next one."""

LADDER = (25, 50, 100, 250, 500, 1000)
JUNIOR_LADDER = (10, *LADDER)
"""Ten counts for the young only."""


def reached(count: int, *, junior: bool = False) -> tuple[int, ...]:
    return tuple(milestone for milestone in ladder(junior=junior) if milestone <= count)


def following(count: int, *, junior: bool = False) -> int | None:
    """The next one; None when there is none left."""
    return next((milestone for milestone in ladder(junior=junior) if milestone > count), None)


def is_milestone(count: int, *, junior: bool = False) -> bool:
    return count in ladder(junior=junior)


def ladder(*, junior: bool) -> tuple[int, ...]:
    return JUNIOR_LADDER if junior else LADDER
