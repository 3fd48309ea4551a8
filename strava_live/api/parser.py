"""Read request bodies and query strings: strict JSON only, and no characters that a database refuses."""

import json
import re
from typing import Any, NoReturn

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from strava_live.api.errors import JSON, ApiError, invalid
from strava_live.error_codes import ErrorCode
from strava_live.protocol import compact

NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""The character U+0000 as JSON writes it: a backslash that is not itself escaped, then u0000."""
WITHOUT_NUL = "It must not contain the character U+0000."


class JsonParser(Parser):
    """django-ninja's parser, only for bodies of the type application/json."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the body's JSON. Raise ApiError if it has another type, or is not valid."""
        if request.content_type != JSON:
            raise ApiError(ErrorCode.UNSUPPORTED_MEDIA_TYPE)
        try:
            text = request.body.decode()
            body = json.loads(text, parse_constant=refuse)
            compact(body).encode()  # fails for half of a surrogate pair, which no database stores
        except (ValueError, RecursionError):
            raise ApiError(ErrorCode.BAD_MESSAGE, "The body is not valid JSON.") from None
        if NUL.search(text):
            raise ApiError(ErrorCode.BAD_MESSAGE, f"The body is not valid. {WITHOUT_NUL}")
        return body

    def parse_querydict(self, data: MultiValueDict[str, str], list_fields: list[str], request: HttpRequest) -> Any:
        for name in data:
            if any("\0" in value for value in data.getlist(name)):
                raise invalid({name.replace("\0", ""): WITHOUT_NUL})
        return super().parse_querydict(data, list_fields, request)


def refuse(constant: str) -> NoReturn:
    """Refuse NaN and Infinity, which Python reads and JSON does not have."""
    raise ValueError(constant)
