"""What a user saw during a trial: the count of each answer, the longest wait, and answers that are never acceptable."""

import re
import time
from collections import Counter

import httpx

HEADING = re.compile(r"<h1[^>]*>\s*(.*?)\s*</h1>", re.DOTALL)
STREAK = 2
"""How many good answers in a row, to requests sent after the fault's end, show that a user has recovered."""

SLOW_S = 4.0
"""The longest wait of a user whom the fault must not affect. bench/locked.py measures this more closely."""


class Seen:
    """Record and judge the answers that one user gets.

    `forgiving`: the web process that this user talks to is itself frozen or killed, so connections may break.
    `strict`: the fault must not affect this user, so every answer must be good and fast.
    """

    def __init__(self, who: str, *, forgiving: bool = False, strict: bool = False) -> None:
        self.who, self.forgiving, self.strict = who, forgiving, strict
        self.answers: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()
        self.worst_s = 0.0
        self.ended_at: float | None = None
        self.recovered_at: float | None = None
        self.streak = 0

    def begin(self) -> None:
        """Start counting again, when the fault begins."""
        self.answers.clear()
        self.wrong.clear()
        self.worst_s, self.ended_at, self.recovered_at, self.streak = 0.0, None, None, 0

    def end_fault(self, at: float) -> None:
        self.ended_at, self.streak = at, 0

    def good(self, what: str, began: float) -> None:
        self.note(what, began)
        if self.strict and (took := time.monotonic() - began) > SLOW_S:
            self.wrong[f"{what} after {took:.0f} s"] += 1
        if self.ended_at is not None and began >= self.ended_at:
            self.streak += 1
            if self.streak == 1:
                self.recovered_at = time.monotonic()

    def bad(self, what: str, began: float, *, wrong: bool) -> None:
        """Note a bad answer. `wrong`: it is not acceptable even during a fault."""
        self.note(what, began)
        self.streak = 0
        if (wrong or self.strict) and not self.forgiving:
            self.wrong[what] += 1

    def note(self, what: str, began: float) -> None:
        self.answers[what] += 1
        self.worst_s = max(self.worst_s, time.monotonic() - began)

    @property
    def has_recovered(self) -> bool:
        return self.streak >= STREAK

    def line(self) -> str:
        if not self.answers:
            return f"{self.who}: nothing"
        answers = ", ".join(f"{what} ×{count}" for what, count in self.answers.most_common())
        return f"{self.who}: {answers} (worst wait {self.worst_s:.1f} s)"

    def take(self, answer: httpx.Response, began: float, *, expected: int) -> bool:
        """Judge an answer over HTTP. Return whether it is the expected one."""
        status = answer.status_code
        signed_out = "/accounts/login/" in answer.headers.get("Location", "")
        if status == expected and not signed_out:
            self.good(str(status), began)
            return True
        words = HEADING.search(answer.text)
        known = status in {429, 503} and "Retry-After" in answer.headers and words and "Traceback" not in answer.text
        what = f"{status} “{words[1]}”" if words else str(status)
        self.bad("signed out" if signed_out else what, began, wrong=not known)
        return False
