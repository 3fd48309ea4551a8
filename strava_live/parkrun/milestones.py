"""Milestones: the numbers of parkruns that parkrun celebrates, such as the 50th."""

LADDER = (25, 50, 100, 250, 500, 1000)
JUNIOR_LADDER = (10, *LADDER)


def milestones_reached(count: int, *, junior: bool = False) -> tuple[int, ...]:
    """Return the milestones up to this number of parkruns, the smallest first."""
    return tuple(milestone for milestone in milestones(junior=junior) if milestone <= count)


def next_milestone(count: int, *, junior: bool = False) -> int | None:
    """Return the next milestone after this number of parkruns. None after the last milestone."""
    return next((milestone for milestone in milestones(junior=junior) if milestone > count), None)


def is_milestone(count: int, *, junior: bool = False) -> bool:
    return count in milestones(junior=junior)


def milestones(*, junior: bool) -> tuple[int, ...]:
    return JUNIOR_LADDER if junior else LADDER
