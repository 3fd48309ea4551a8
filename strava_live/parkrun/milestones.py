"""The numbers of parkruns that parkrun celebrates."""

LADDER = (25, 50, 100, 250, 500, 1000)
JUNIOR_LADDER = (10, *LADDER)


def milestones_reached(count: int, *, junior: bool = False) -> tuple[int, ...]:
    return tuple(milestone for milestone in milestones(junior=junior) if milestone <= count)


def next_milestone(count: int, *, junior: bool = False) -> int | None:
    """Return the first milestone above the count. None above the last one."""
    return next((milestone for milestone in milestones(junior=junior) if milestone > count), None)


def is_milestone(count: int, *, junior: bool = False) -> bool:
    return count in milestones(junior=junior)


def milestones(*, junior: bool) -> tuple[int, ...]:
    return JUNIOR_LADDER if junior else LADDER
