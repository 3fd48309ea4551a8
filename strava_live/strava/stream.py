"""A streaming parser for a JSON array. It yields each item as soon as its bytes have arrived, as `json.loads` would.

Items are decoded by the C scanner of the standard library. The parser tries to decode an item each time a closing brace
arrives that may complete it. An item inside one chunk needs one attempt; an item that spans chunks needs one attempt
for each chunk with a brace in it.
"""

import codecs
import json
import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import Any

from strava_live.strava.errors import Garbled

MAX_ITEM = 256 * 1024
# After this many failed attempts at one item, it must grow by a quarter before the next attempt. This limits the work
# for a body full of braces to a fixed multiple of its length. A real activity needs two or three attempts.
FREE_ATTEMPTS = 64

decode_item = json.JSONDecoder().raw_decode
WHITESPACE = re.compile(r"[ \t\n\r]*")
# An item that begins with one of these ends with the other, so an attempt without it is useless. A number or word has
# no end of its own: 12 may continue as 123 or 12.5 until one of the characters below follows.
CLOSING = {"{": "}", "[": "]", '"': '"'}
ENDS_A_NUMBER = frozenset(" \t\n\r,]")


class Expected(Enum):
    OPENING = auto()
    ITEM_OR_END = auto()
    ITEM = auto()
    COMMA_OR_END = auto()
    NOTHING = auto()


# The characters between items, and what is expected after each.
PUNCTUATION = {
    (Expected.OPENING, "["): Expected.ITEM_OR_END,
    (Expected.ITEM_OR_END, "]"): Expected.NOTHING,
    (Expected.COMMA_OR_END, ","): Expected.ITEM,
    (Expected.COMMA_OR_END, "]"): Expected.NOTHING,
}
ITEM_MAY_FOLLOW = frozenset({Expected.ITEM_OR_END, Expected.ITEM})


class ArrayParser:
    """Parses one JSON array in UTF-8 from chunks of any size."""

    def __init__(self, *, max_item: int = MAX_ITEM) -> None:
        self.decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self.max_item = max_item
        self.buffer = ""
        self.position = 0
        self.expected = Expected.OPENING
        self.failures = 0
        self.tried_length = 0

    def feed(self, chunk: bytes) -> Iterator[Any]:
        """Yield every item that `chunk` completes. Raise `Garbled` if the bytes so far cannot begin a JSON array.

        Use up the iterator before feeding the next chunk.
        """
        self.append(self.decode(chunk, final=False))
        return self.complete_items()

    def close(self) -> Iterator[Any]:
        """End the input. Raise `Garbled` unless the array is complete.

        Yield items whose next attempt was still delayed (see FREE_ATTEMPTS). For real activities there are none.
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
        """Return the item that begins at `at` and the position after it, or None while it is incomplete."""
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
