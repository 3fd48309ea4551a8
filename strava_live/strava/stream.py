"""Parse a JSON array while its bytes arrive, and yield each item as soon as it is complete.

Items have the values that `json.loads` gives, because the C scanner of the standard library decodes them. The parser
attempts to decode an item only after a piece of the body with a closing brace has arrived. So an item within one piece
needs one attempt. A longer item needs one attempt for each of its pieces that has a closing brace.
"""

import codecs
import json
import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import Any

from strava_live.strava.errors import Garbled

MAX_ITEM = 256 * 1024
"""The most characters of one item."""
FREE_ATTEMPTS = 64
"""The number of attempts at one item without delay. After them, the item must grow by a quarter before each attempt.
That limits the work for a malicious body full of braces to a fixed multiple of its length. A real activity needs two or
three attempts."""

decode_item = json.JSONDecoder().raw_decode
WHITESPACE = re.compile(r"[ \t\n\r]*")
CLOSING = {"{": "}", "[": "]", '"': '"'}
"""The last character of an item, by its first character. An attempt to decode the item is useless before the last
character has arrived."""
# A number has no such character: 12 may go on as 123 or 12.5. It is complete when one of these follows.
ENDS_A_NUMBER = frozenset(" \t\n\r,]")


class Expected(Enum):
    """What may come next in the text of the array."""

    OPENING = auto()
    ITEM_OR_END = auto()
    ITEM = auto()
    COMMA_OR_END = auto()
    NOTHING = auto()


# By what is expected and the character that comes: what is expected after it.
PUNCTUATION = {
    (Expected.OPENING, "["): Expected.ITEM_OR_END,
    (Expected.ITEM_OR_END, "]"): Expected.NOTHING,
    (Expected.COMMA_OR_END, ","): Expected.ITEM,
    (Expected.COMMA_OR_END, "]"): Expected.NOTHING,
}
ITEM_MAY_FOLLOW = frozenset({Expected.ITEM_OR_END, Expected.ITEM})


class ArrayParser:
    """Parses one JSON array in UTF-8 that arrives in pieces of any size."""

    def __init__(self, *, max_item: int = MAX_ITEM) -> None:
        self.decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self.max_item = max_item
        self.buffer = ""
        self.position = 0
        self.expected = Expected.OPENING
        self.failures = 0
        self.tried_length = 0

    def feed(self, chunk: bytes) -> Iterator[Any]:
        """Yield each item that is complete with `chunk`. Raise `Garbled` if the text so far is not that of an array.

        Exhaust the returned iterator before the next call.
        """
        self.append(self.decode(chunk, final=False))
        return self.complete_items()

    def close(self) -> Iterator[Any]:
        """End the input. Raise `Garbled` unless the array is complete.

        First yield complete items that the limit on attempts has held back (FREE_ATTEMPTS). Real activities never are.
        """
        self.append(self.decode(b"", final=True))
        self.tried_length = 0
        self.failures = 0
        yield from self.complete_items()
        if self.expected is not Expected.NOTHING:
            raise Garbled("the body stops in the middle or is not JSON")

    def decode(self, chunk: bytes, *, final: bool) -> str:
        try:
            return self.decoder.decode(chunk, final)
        except UnicodeDecodeError as error:
            raise Garbled("the body is not UTF-8") from error

    def append(self, text: str) -> None:
        self.buffer = self.buffer[self.position :] + text
        self.position = 0

    def complete_items(self) -> Iterator[Any]:
        while True:
            at = self.position = WHITESPACE.match(self.buffer, self.position).end()  # type: ignore[union-attr] # always matches
            if at == len(self.buffer):
                return
            following = PUNCTUATION.get((self.expected, self.buffer[at]))
            if following is not None:
                self.expected = following
                self.position = at + 1
            elif self.expected not in ITEM_MAY_FOLLOW:
                raise Garbled("the body is not a JSON array")
            elif (found := self.item_at(at)) is None:
                return
            else:
                item, self.position = found
                self.expected = Expected.COMMA_OR_END
                self.failures = self.tried_length = 0
                yield item

    def item_at(self, at: int) -> tuple[Any, int] | None:
        """Return the item that begins at the index `at`, and the index after it. None if it is not complete yet."""
        length = len(self.buffer) - at
        closing = CLOSING.get(self.buffer[at])
        if self.may_be_complete(at, length, closing):
            self.tried_length = length
            try:
                item, end = decode_item(self.buffer, at)
            except RecursionError as error:
                raise Garbled("the body is nested too deeply") from error
            except ValueError:
                self.failures += 1
            else:
                if closing is not None or self.buffer[end : end + 1] in ENDS_A_NUMBER:
                    return item, end
        if length > self.max_item:
            raise Garbled(f"an item of the body is longer than {self.max_item} characters")
        return None

    def may_be_complete(self, at: int, length: int, closing: str | None) -> bool:
        if self.failures > FREE_ATTEMPTS and length < self.tried_length * 1.25:
            return False
        return closing is None or self.buffer.find(closing, at + max(self.tried_length, 1)) >= 0
