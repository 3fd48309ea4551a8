"""The types of fields that several shapes share, and how shapes are declared.

A shape is a TypedDict. Code builds it as an ordinary dict, which mypy checks and json encodes without a further step.
pydantic reads the same declarations for docs/protocol.md, for the REST API's schema and for the tests, which check what
is really sent. The text below a field is its description in docs/protocol.md and in the schema.
"""

from typing import Annotated

from pydantic import ConfigDict, Field, with_config

DESCRIBED = ConfigDict(use_attribute_docstrings=True)
shape = with_config(DESCRIBED)
"""Decorator of every shape."""

LARGEST_ID = 2**63 - 1

Id = Annotated[int, Field(gt=0, le=LARGEST_ID)]
Count = Annotated[int, Field(ge=0)]
Instant = Annotated[
    str,
    Field(
        pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$",
        json_schema_extra={"format": "date-time"},
        examples=["2026-11-21T09:02:13Z"],
    ),
]
"""An instant in UTC, in ISO 8601."""
LocalInstant = Annotated[
    str,
    Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", json_schema_extra={"format": "date-time"}),
]
"""A local time with its offset from UTC, in ISO 8601."""
Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$", json_schema_extra={"format": "date"})]
