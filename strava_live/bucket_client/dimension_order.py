"""Find out which column of the rows that were read is which dimension.

Bucket keeps no order of a type's dimensions, and its versions reverse them in different places. In the newest, the
answer for one property names them reversed, and rows are written in that order. A list of properties names them as they
are, and rows are read in that order. So:

- Rows are written in the order that the answer for one property names.
- For rows that were read, both orders are compared. If they differ, the values decide. If the values fit both, the
  order of the list is probable, and the result says that it is not known. If they fit neither, the reverse of the
  list's order is tried.
"""

from collections.abc import Iterable, Sequence

from strava_live.bucket_client.rows import problem_of
from strava_live.bucket_client.shapes import BucketRow, Dimension, OrderEvidence

Dimensions = tuple[Dimension, ...]


def order_of_columns(
    rows: Sequence[BucketRow], *, single: Dimensions, listed: Dimensions
) -> tuple[Dimensions, OrderEvidence]:
    """Return the dimensions in the order of the columns of `rows`, and how that is known.

    `single` is the order in the answer for one property, `listed` that in the list of properties.
    """
    if len(single) <= 1:
        return single, OrderEvidence.SINGLE
    agreed = names_of(single) == names_of(listed)
    fitting = [order for order in ((listed,) if agreed else (listed, single)) if fit(rows, order)]
    if len(fitting) == 1:
        return fitting[0], OrderEvidence.AGREED if agreed else OrderEvidence.VALUES
    if not fitting and fit(rows, listed[::-1]):
        return listed[::-1], OrderEvidence.VALUES
    return listed, OrderEvidence.NONE


def fit(rows: Iterable[BucketRow], order: Dimensions) -> bool:
    """Return True if each value fits its dimension. A missing value fits every dimension."""
    return all(
        value is None or not problem_of(value, dimension.kind)
        for row in rows
        for value, dimension in zip(row.values, order, strict=True)
    )


def names_of(dimensions: Iterable[Dimension]) -> list[str]:
    """Return the names, under which Bucket stores the values of a row."""
    return [dimension.name for dimension in dimensions]


def in_order_of(order: Dimensions, dimensions: Dimensions) -> Dimensions | None:
    """Return `dimensions` in the order in which `order` names them, or None if it names others.

    A single dimension may have another name: there is nothing to confuse it with.
    """
    if len(order) == len(dimensions) == 1:
        return dimensions
    by_name = {dimension.name: dimension for dimension in dimensions}
    if sorted(names_of(order)) != sorted(by_name):
        return None
    return tuple(by_name[name] for name in names_of(order))


def reordered(rows: Sequence[BucketRow], *, given: Dimensions, wanted: Dimensions) -> Sequence[BucketRow]:
    """Return the rows, whose values are in the order `given`, with their values in the order `wanted`."""
    if names_of(given) == names_of(wanted):
        return rows
    columns = [names_of(given).index(dimension.name) for dimension in wanted]
    return [BucketRow(row.at_ms, tuple(row.values[column] for column in columns)) for row in rows]
