"""What Bucket stores, as frozen classes: people's tokens, Things, properties, types and rows.

Rows belong to one property. The values of a row are in the order of the property's dimensions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from typing import NamedTuple

NUMBER, STRING, BOOLEAN = "number", "string", "boolean"
"""The types of values that a dimension can declare. Another one is a MIME type: a media file, which no row can hold."""

Value = float | str | bool | None
"""One value of a row. None is only ever read: Bucket gives it for a dimension that a row has no value for."""


@dataclass(frozen=True, slots=True)
class BucketTokens:
    """The tokens that a person has granted at Bucket. Each refresh ends them and gives new ones."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    """"" if the person has not granted the scope `offline`: then the access token cannot be replaced."""
    expires_at: datetime
    scopes: frozenset[str]
    """The granted scopes. Empty if Bucket did not name them."""


@dataclass(frozen=True, slots=True)
class BucketPerson:
    """The person to whom a token belongs."""

    id: str
    """For example `dcd:persons:alva`."""
    username: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Dimension:
    """One column of a property type."""

    id: str
    name: str
    kind: str = NUMBER
    unit: str = ""
    description: str = ""

    @property
    def is_media(self) -> bool:
        return "/" in self.kind


@dataclass(frozen=True, slots=True)
class PropertyType:
    """The type of a property. It names the columns of its rows."""

    id: str
    name: str = ""
    description: str = ""
    dimensions: tuple[Dimension, ...] | None = None
    """None if the answer lacks them, as in a list of Things. Two answers can have them in different orders."""


@dataclass(frozen=True, slots=True)
class BucketProperty:
    """A property of a Thing, without its values."""

    id: str
    thing_id: str
    type: PropertyType
    name: str = ""
    description: str = ""
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """A Thing of a person, with its properties. Their types have no dimensions if the Thing was part of a list."""

    id: str
    name: str
    type: str = ""
    description: str = ""
    properties: tuple[BucketProperty, ...] = ()
    created_at: datetime | None = None


class BucketRow(NamedTuple):
    """A timestamp in milliseconds since 1970, and a value for each dimension of the property."""

    at_ms: int
    values: tuple[Value, ...]


class OrderEvidence(Enum):
    """How it is known which column of the rows that were read is which dimension (dimension_order.py)."""

    SINGLE = auto()
    """There is one dimension at most."""
    AGREED = auto()
    """Bucket names the dimensions in the same order wherever it names them."""
    VALUES = auto()
    """The values fit only one of the orders that were tried."""
    NONE = auto()
    """The values fit more than one of the orders that were tried, or none. The order may be wrong."""


@dataclass(frozen=True, slots=True)
class ReadRows:
    """Rows that were read, oldest first, with their columns."""

    rows: Sequence[BucketRow]
    dimensions: tuple[Dimension, ...]
    """The dimension of each column."""
    evidence: OrderEvidence

    @property
    def order_is_known(self) -> bool:
        """False if columns may be interchanged: a page must then say that it does not know which is which."""
        return self.evidence is not OrderEvidence.NONE or not self.rows
