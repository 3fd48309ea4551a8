"""Codes, access tokens and refresh tokens, and when they become invalid.

An athlete's consent to a set of scopes is a Grant. A grant has one valid refresh token. A refresh may replace it, which
makes the old refresh token invalid at once. Access tokens stay valid until they expire or the consent is withdrawn,
even if there is a newer one.
"""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from simulators.strava.settings import Settings

KEEP_SAME_S = 3600
"""An access token that is valid for longer than this is returned again by a refresh."""
CODE_LIFE_S = 600
"""How long a code can be exchanged."""


class NoSuchTokenError(Exception):
    """This code or token is unknown or invalid."""


@dataclass(slots=True, eq=False)
class Grant:
    """One athlete's consent to a set of scopes, with its newest tokens."""

    athlete_id: int
    scopes: frozenset[str]
    refresh_token: str
    access_token: str = ""
    expires_at: float = 0
    access_tokens: set[str] = field(default_factory=set)
    alive: bool = True

    @property
    def reads_private(self) -> bool:
        return "activity:read_all" in self.scopes

    @property
    def reads_activities(self) -> bool:
        return self.reads_private or "activity:read" in self.scopes


@dataclass(slots=True)
class Counts:
    """Counts of tokens, for tests."""

    access_tokens_issued: int = 0
    refresh_tokens_issued: int = 0
    refreshes: int = 0
    dead_refresh_tokens_presented: int = 0
    unknown_refresh_tokens_presented: int = 0


class TokenBook:
    """All grants of the only application."""

    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        self._settings, self._clock = settings, clock
        self._codes: dict[str, tuple[int, frozenset[str], float]] = {}
        self._access: dict[str, tuple[Grant, float]] = {}
        self._refresh: dict[str, Grant] = {}
        self._of: dict[int, list[Grant]] = {}
        self._dead: set[str] = set()
        self.counts = Counts()
        self.changed: Callable[[], None] = lambda: None

    def code(self, athlete_id: int, scopes: Iterable[str]) -> str:
        """Return a code that the application can exchange once."""
        code = _token()
        self._codes[code] = (athlete_id, frozenset(scopes), self._clock() + CODE_LIFE_S)
        return code

    def exchange(self, code: str) -> Grant:
        """Return the grant for a code. Consenting to the same scopes again gives the same grant."""
        athlete_id, scopes, until = self._codes.pop(code, (0, frozenset[str](), 0.0))
        if until < self._clock():
            raise NoSuchTokenError
        return self.grant(athlete_id, scopes)

    def grant(self, athlete_id: int, scopes: Iterable[str]) -> Grant:
        wanted = frozenset(scopes)
        for grant in self.of(athlete_id):
            if grant.scopes == wanted:
                break
        else:
            grant = Grant(athlete_id, wanted, "")
            self._of.setdefault(athlete_id, []).append(grant)
            self._new_refresh_token(grant)
        self._fresh_access_token(grant)
        self.changed()
        return grant

    def refresh(self, refresh_token: str) -> Grant:
        """Return the grant of a refresh token. Its access token is new, unless the old one is valid for over an
        hour."""
        grant = self._refresh.get(refresh_token)
        if grant is None:
            if refresh_token in self._dead:
                self.counts.dead_refresh_tokens_presented += 1
            else:
                self.counts.unknown_refresh_tokens_presented += 1
            raise NoSuchTokenError
        self.counts.refreshes += 1
        self._fresh_access_token(grant)
        if self._settings.rotation == "always":
            self._new_refresh_token(grant)
        self.changed()
        return grant

    def access(self, access_token: str) -> Grant | None:
        """Return the grant of an access token, or None if the token is unknown, expired or revoked."""
        grant, expires_at = self._access.get(access_token, (None, 0.0))
        return grant if grant and grant.alive and expires_at > self._clock() else None

    def knows(self, access_token: str) -> bool:
        """Return whether this is or was an access token of the application."""
        return access_token in self._access

    def find(self, token: str) -> Grant | None:
        """Return the grant of an access or refresh token, also of an expired one; None if unknown or revoked."""
        grant = self._refresh.get(token) or self._access.get(token, (None,))[0]
        return grant if grant and grant.alive else None

    def of(self, athlete_id: int) -> list[Grant]:
        return self._of.get(athlete_id, [])

    def connected(self) -> set[int]:
        """Return the ids of the athletes whose consent is valid."""
        return set(self._of)

    def revoke(self, athlete_id: int) -> bool:
        """Withdraw all consents of an athlete. Return whether there were any."""
        grants = self._of.pop(athlete_id, [])
        for grant in grants:
            grant.alive = False
            self._dead.add(grant.refresh_token)
            del self._refresh[grant.refresh_token]
        self.changed()
        return bool(grants)

    def expire(self, athlete_id: int) -> int:
        """Let every access token of an athlete expire. Return how many did."""
        now = self._clock()
        living = [token for grant in self.of(athlete_id) for token in grant.access_tokens if self.access(token)]
        for token in living:
            self._access[token] = (self._access[token][0], now)
        for grant in self.of(athlete_id):
            grant.expires_at = min(grant.expires_at, now)
        self.changed()
        return len(living)

    def to_json(self) -> dict[str, Any]:
        """Return the state as JSON, for `restore`."""
        grants = [
            {
                "athlete_id": grant.athlete_id,
                "scopes": sorted(grant.scopes),
                "refresh_token": grant.refresh_token,
                "access": [[token, self._access[token][1]] for token in sorted(grant.access_tokens)],
            }
            for grant in self._refresh.values()
        ]
        return {"grants": grants, "dead": sorted(self._dead)}

    def restore(self, written: dict[str, Any]) -> None:
        self._dead.update(written["dead"])
        for known in written["grants"]:
            grant = Grant(known["athlete_id"], frozenset(known["scopes"]), known["refresh_token"])
            self._refresh[grant.refresh_token] = grant
            self._of.setdefault(grant.athlete_id, []).append(grant)
            for token, expires_at in known["access"]:
                self._access[token] = (grant, expires_at)
                grant.access_tokens.add(token)
                if expires_at > grant.expires_at:
                    grant.access_token, grant.expires_at = token, expires_at

    def _fresh_access_token(self, grant: Grant) -> None:
        if grant.expires_at - self._clock() > KEEP_SAME_S:
            return
        grant.access_token, grant.expires_at = _token(), self._clock() + self._settings.token_life_s
        grant.access_tokens.add(grant.access_token)
        self._access[grant.access_token] = (grant, grant.expires_at)
        self.counts.access_tokens_issued += 1

    def _new_refresh_token(self, grant: Grant) -> None:
        if grant.refresh_token:
            del self._refresh[grant.refresh_token]
            self._dead.add(grant.refresh_token)
        grant.refresh_token = _token()
        self._refresh[grant.refresh_token] = grant
        self.counts.refresh_tokens_issued += 1


def _token() -> str:
    return secrets.token_hex(20)
