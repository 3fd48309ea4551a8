"""A JSON array, item by item, as its bytes arrive: the same values as `json.loads`, without waiting for the end.

An item is handed to the C scanner of the standard library as soon as a closing brace may have completed it. Inside a
chunk that costs nothing extra; an item that spans chunks costs an attempt for each chunk with a brace in it.
"""

import codecs
import json
import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import Any

from strava_live.strava.errors import Garbled

MAX_ITEM = 256 * 1024
# An item may fail to be complete this often for nothing; after that it has to grow by a quarter between attempts, so
# that a body made of braces costs a bounded multiple of its length. A real activity needs two or three.
FREE_ATTEMPTS = 64

_decode = json.JSONDecoder().raw_decode
_blank = re.compile(r"[ \t\n\r]*")
# These end with a character of their own, without which no attempt is worth while. A number ends where it is followed
# by something else: 12 may go on as 123, or as 12.5.
_CLOSING = {"{": "}", "[": "]", '"': '"'}
_AFTER_A_NUMBER = frozenset(" \t\n\r,]")


class _Expected(Enum):
    OPENING = auto()
    ITEM_OR_END = auto()
    ITEM = auto()
    COMMA_OR_END = auto()
    NOTHING = auto()


# What may stand between items, and what is expected after it.
_PUNCTUATION = {
    (_Expected.OPENING, "["): _Expected.ITEM_OR_END,
    (_Expected.ITEM_OR_END, "]"): _Expected.NOTHING,
    (_Expected.COMMA_OR_END, ","): _Expected.ITEM,
    (_Expected.COMMA_OR_END, "]"): _Expected.NOTHING,
}
_ITEM_MAY_FOLLOW = frozenset({_Expected.ITEM_OR_END, _Expected.ITEM})


class ArrayParser:
    """Takes the bytes of one UTF-8 JSON array in chunks of any size and gives its items."""

    def __init__(self, *, max_item: int = MAX_ITEM) -> None:
        self._to_text = codecs.getincrementaldecoder("utf-8-sig")()
        self._max_item = max_item
        self._buffer = ""
        self._at = 0
        self._expected = _Expected.OPENING
        self._failures = 0
        self._tried = 0

    def feed(self, chunk: bytes) -> Iterator[Any]:
        """Yield every item that `chunk` completes; raise `Garbled` where this can no longer become an array.

        To be read to its end before the next chunk is fed.
        """
        self._take(self._decoded(chunk, final=False))
        return self._items()

    def close(self) -> Iterator[Any]:
        """Say that there are no more bytes; raise `Garbled` unless the array is complete.

        Yields what was held back between attempts, which is nothing for any activity there is.
        """
        self._take(self._decoded(b"", final=True))
        self._tried = 0
        self._failures = 0
        yield from self._items()
        if self._expected is not _Expected.NOTHING:
            raise Garbled("the answer stops in the middle or is not JSON")

    def _decoded(self, chunk: bytes, *, final: bool) -> str:
        try:
            return self._to_text.decode(chunk, final)
        except UnicodeDecodeError as error:
            raise Garbled("the answer is not UTF-8") from error

    def _take(self, text: str) -> None:
        self._buffer = self._buffer[self._at :] + text
        self._at = 0

    def _items(self) -> Iterator[Any]:
        while True:
            at = self._at = _blank.match(self._buffer, self._at).end()  # type: ignore[union-attr] # always matches
            if at == len(self._buffer):
                return
            following = _PUNCTUATION.get((self._expected, self._buffer[at]))
            if following is not None:
                self._expected = following
                self._at = at + 1
            elif self._expected not in _ITEM_MAY_FOLLOW:
                raise Garbled("the answer is not a JSON array")
            elif (found := self._item(at)) is None:
                return
            else:
                item, self._at = found
                self._expected = _Expected.COMMA_OR_END
                self._failures = self._tried = 0
                yield item

    def _item(self, at: int) -> tuple[Any, int] | None:
        """The item that begins at `at` and where it ends, or None as long as it may not be complete."""
        length = len(self._buffer) - at
        closing = _CLOSING.get(self._buffer[at])
        if self._may_be_complete(at, length, closing):
            self._tried = length
            try:
                item, end = _decode(self._buffer, at)
            except RecursionError as error:
                raise Garbled("the answer is nested too deeply") from error
            except ValueError:
                self._failures += 1
            else:
                if closing is not None or self._buffer[end : end + 1] in _AFTER_A_NUMBER:
                    return item, end
        if length > self._max_item:
            raise Garbled(f"an item of the answer is longer than {self._max_item} characters")
        return None

    def _may_be_complete(self, at: int, length: int, closing: str | None) -> bool:
        if self._failures > FREE_ATTEMPTS and length < self._tried * 1.25:
            return False
        return closing is None or self._buffer.find(closing, at + max(self._tried, 1)) >= 0
