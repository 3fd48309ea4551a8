"""Parts of the API's page: fields with their types and descriptions, texts with code and links, examples."""

import json
import re
import shlex
from typing import NamedTuple
from urllib.parse import urlencode

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from strava_live.api.openapi import body_of
from strava_live.api.streams import EVENT_STREAM
from strava_live.error_codes import ErrorCode
from strava_live.protocol import Json
from strava_live.protocol.schema_words import Schema, shape_name, type_words

LINE = 46
"""The length up to which an object or list in an example is on one line."""
CODE_OR_LINK = re.compile(r"`([^`]+)`|\[([^\]]+)\]\((#[^)]+)\)")


class FieldWords(NamedTuple):
    """A field of a shape or of a request's body, or a parameter."""

    name: str
    type: SafeString
    note: str
    words: SafeString


def fields_of(shape: Schema, *, required: str, optional: str) -> list[FieldWords]:
    """Return the fields of a shape. `required` and `optional` are the notes on the fields of each sort."""
    needed = shape.get("required", ())
    return [
        FieldWords(name, type_of(field), required if name in needed else optional, inline(field.get("description", "")))
        for name, field in shape.get("properties", {}).items()
    ]


def type_of(field: Schema) -> SafeString:
    return inline(type_words(field, link_to))


def link_to(class_name: str) -> str:
    if class_name == ErrorCode.__name__:
        return "[error code](#errors)"
    return f"[{shape_name(class_name)}](#{anchor_of(class_name)})"


def anchor_of(class_name: str) -> str:
    return f"shape-{shape_name(class_name).replace(' ', '-')}"


def rich_text(text: str) -> SafeString:
    """Return paragraphs and lists (lines that begin with "- ") as HTML."""
    blocks = [block.strip() for block in text.split("\n\n") if block.strip()]
    return format_html_join("", "{}", ([block_of(block)] for block in blocks))


def block_of(block: str) -> SafeString:
    if block.startswith("- "):
        items = re.split(r"\n- ", block[2:])
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ([inline(item)] for item in items)))
    return format_html("<p>{}</p>", inline(block))


def inline(text: str) -> SafeString:
    """Return a text with `code` and [links](#to) as HTML, and everything else escaped."""
    return SafeString(CODE_OR_LINK.sub(markup_of, escape(text)))


def markup_of(found: re.Match[str]) -> str:
    code, words, target = found.groups()
    return f"<code>{code}</code>" if code else f'<a href="{target}">{words}</a>'


def pretty(value: object, before: str = "") -> str:
    """Return JSON for people: on one line if it fits, otherwise with a line for each part."""
    whole = json.dumps(value, ensure_ascii=False)
    inside = f"{before}  "
    if len(before) + len(whole) <= LINE or not isinstance(value, dict | list) or not value:
        return whole
    if isinstance(value, list):
        parts, (left, right) = [pretty(one, inside) for one in value], "[]"
    else:
        parts = [f"{json.dumps(name)}: {pretty(one, inside)}" for name, one in value.items()]
        left, right = "{}"
    return f"{left}\n{inside}" + f",\n{inside}".join(parts) + f"\n{before}{right}"


def command_of(method: str, path: str, operation: Json, site: str) -> str:
    """Return a request as a shell command, with the examples of its parameters and body."""
    given = [one for one in operation["parameters"] if "example" in one]
    in_path = {one["name"]: one["example"] for one in given if one["in"] == "path"}
    query = {one["name"]: one["example"] for one in given if one["in"] == "query"}
    address = path.format_map(in_path) + (f"?{urlencode(query, safe=',')}" if query else "")
    options = ['-H "Authorization: Bearer $TOKEN"']
    if method != "get":
        options.insert(0, f"-X {method.upper()}")
    if method == "post":
        options.append('-H "Idempotency-Key: $(uuidgen)"')
    for body_type, content in body_of(operation).items():
        body = json.dumps(content["example"], ensure_ascii=False)
        options += [f'-H "Content-Type: {body_type}"', f"-d {shlex.quote(body)}"]
    curl = "curl -N" if EVENT_STREAM in operation["responses"].get("200", {}).get("content", {}) else "curl"
    return " \\\n  ".join([f"{curl} {options[0]}", *options[1:], f'"{site}{address}"'])
