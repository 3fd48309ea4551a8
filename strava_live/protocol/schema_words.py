"""The type of a field in words, from its JSON schema, for docs/protocol.md and the API's page.

The words are Markdown: `code`, and [links](#to) to shapes.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

Schema = Mapping[str, Any]

SIMPLE_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
}
FORMATS = {"date-time": "instant", "date": "date `YYYY-MM-DD`"}


def type_words(field: Schema, link_to: Callable[[str], str]) -> str:
    """Return a field's type in words: "text", "list of [item](#item)", "`a`, `b` or null".

    `link_to` gets the name of the class of a shape, and returns a link to its description.
    """
    if "$ref" in field:
        return link_to(field["$ref"].rsplit("/", 1)[1])
    if "anyOf" in field:
        return one_of([type_words(option, link_to) for option in field["anyOf"]])
    if "const" in field:
        return f"`{json.dumps(field['const'])}`"
    if "enum" in field:
        return one_of([f"`{value}`" for value in field["enum"]])
    if field["type"] == "array":
        return f"list of {type_words(field['items'], link_to)}"
    if field["type"] == "object":
        return f"object of {type_words(field['additionalProperties'], link_to)}"
    return FORMATS.get(field.get("format", ""), SIMPLE_TYPES[field["type"]])


def one_of(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]


def shape_name(class_name: str) -> str:
    """Return "removed entry" for RemovedEntryShape."""
    return re.sub(r"(?<!^)([A-Z])", r" \1", class_name.removesuffix("Shape")).lower()
