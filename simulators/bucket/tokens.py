"""Codes, access tokens and refresh tokens, and when they become invalid.

A code gives one grant. A refresh replaces both tokens of the grant, or only the access token if the setting `rotation`
is "never". The old ones are invalid at once. Revoking either token, or using a code twice, ends the grant.
"""

import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from simulators.bucket.settings import Settings


class NoSuchTokenError(Exception):
    """This code or token is unknown or invalid. The message says why."""


@dataclass(frozen=True, slots=True)
class Code:
    """What a code stands for. `challenge` is the PKCE challenge of the request, if it had one."""

    username: str
    client_id: str
    scopes: tuple[str, ...]
    redirect_uri: str
    challenge: str
    nonce: str
    until: float


@dataclass(slots=True, eq=False)
class Grant:
    """One consent of a person for a client, with its only valid tokens. `scopes` are in the granted order."""

    username: str
    client_id: str
    scopes: tuple[str, ...]
    access_token: str = ""
    access_until: float = 0
    refresh_token: str = ""
    """Empty unless the scope `offline` was granted."""
    refresh_until: float = 0


@dataclass(slots=True)
class Counts:
    """Counts of tokens, for tests."""

    access_tokens_issued: int = 0
    refresh_tokens_issued: int = 0
    refreshes: int = 0
    dead_refresh_tokens_presented: int = 0
    unknown_refresh_tokens_presented: int = 0


class TokenBook:
    """All codes and grants."""

    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        self._settings, self._clock = settings, clock
        self._codes: dict[str, Code] = {}
        self._used_codes: dict[str, Grant] = {}
        self._access: dict[str, Grant] = {}
        self._refresh: dict[str, Grant] = {}
        self._dead: set[str] = set()
        self.counts = Counts()
        self.changed: Callable[[], None] = lambda: None

    def code(self, code: Code) -> str:
        """Return a text that the client can exchange once for the grant."""
        token = _token()
        self._codes[token] = code
        return token

    def look_up(self, text: str) -> Code:
        """Return what a code stands for. A code that was used before ends the grant that it gave."""
        if text in self._used_codes:
            self.end(self._used_codes[text])
            raise NoSuchTokenError("The authorization code has already been used.")
        code = self._codes.get(text)
        if code is None or code.until < self._clock():
            raise NoSuchTokenError("The authorization code is unknown or has expired.")
        return code

    def exchange(self, text: str) -> Grant:
        """Use up a code and return a new grant."""
        code = self._codes.pop(text)
        grant = self.grant(code.username, code.client_id, code.scopes)
        self._used_codes[text] = grant
        return grant

    def grant(self, username: str, client_id: str, scopes: tuple[str, ...]) -> Grant:
        grant = Grant(username, client_id, scopes)
        self._issue(grant)
        return grant

    def refresh(self, refresh_token: str, client_id: str) -> Grant:
        """Return the grant of a refresh token, with new tokens."""
        grant = self._refresh.get(refresh_token)
        if grant is None:
            if refresh_token in self._dead:
                self.counts.dead_refresh_tokens_presented += 1
            else:
                self.counts.unknown_refresh_tokens_presented += 1
            raise NoSuchTokenError("The refresh token is unknown, was used before, or is revoked.")
        if grant.refresh_until <= self._clock():
            raise NoSuchTokenError("The refresh token has expired.")
        if grant.client_id != client_id:
            raise NoSuchTokenError("The OAuth 2.0 Client ID from this request does not match the one of the token.")
        self.counts.refreshes += 1
        self._issue(grant)
        return grant

    def access(self, access_token: str) -> Grant | None:
        """Return the grant of an access token, or None if the token is unknown, expired or revoked."""
        grant = self._access.get(access_token)
        return grant if grant and grant.access_until > self._clock() else None

    def is_refresh_token(self, token: str) -> bool:
        return token in self._refresh

    def find(self, token: str) -> Grant | None:
        """Return the grant of an access or refresh token, also of an expired one."""
        return self._refresh.get(token) or self._access.get(token)

    def of(self, username: str) -> list[Grant]:
        """Return the person's grants that have a token, whether it has expired or not."""
        return [grant for grant in self._living() if grant.username == username]

    def end(self, grant: Grant) -> None:
        """Make both tokens of a grant invalid."""
        self._access.pop(grant.access_token, None)
        if self._refresh.pop(grant.refresh_token, None):
            self._dead.add(grant.refresh_token)
        self.changed()

    def revoke(self, username: str) -> int:
        """End all grants of a person. Return how many there were."""
        grants = self.of(username)
        for grant in grants:
            self.end(grant)
        return len(grants)

    def expire(self, username: str, *, refresh_too: bool = False) -> int:
        """Let a person's access tokens expire, with `refresh_too` also the refresh tokens. Return how many grants."""
        now = self._clock()
        grants = [grant for grant in self.of(username) if grant.access_until > now or refresh_too]
        for grant in grants:
            grant.access_until = min(grant.access_until, now)
            grant.refresh_until = min(grant.refresh_until, now) if refresh_too else grant.refresh_until
        self.changed()
        return len(grants)

    def to_json(self) -> dict[str, Any]:
        """Return the grants as JSON, for `restore`. Codes are not included."""
        return {"grants": [asdict(grant) for grant in self._living()], "dead": sorted(self._dead)}

    def restore(self, written: dict[str, Any]) -> None:
        self._dead.update(written["dead"])
        for known in written["grants"]:
            grant = Grant(**known | {"scopes": tuple(known["scopes"])})
            self._access[grant.access_token] = grant
            if grant.refresh_token:
                self._refresh[grant.refresh_token] = grant

    def _living(self) -> list[Grant]:
        return list({id(grant): grant for grant in (*self._access.values(), *self._refresh.values())}.values())

    def _issue(self, grant: Grant) -> None:
        now = self._clock()
        self._access.pop(grant.access_token, None)
        grant.access_token, grant.access_until = _token(), now + self._settings.token_life_s
        self._access[grant.access_token] = grant
        self.counts.access_tokens_issued += 1
        is_new = not grant.refresh_token
        if "offline" in grant.scopes and (is_new or self._settings.rotation == "always"):
            if not is_new:
                del self._refresh[grant.refresh_token]
                self._dead.add(grant.refresh_token)
            grant.refresh_token, grant.refresh_until = _token(), now + self._settings.refresh_life_s
            self._refresh[grant.refresh_token] = grant
            self.counts.refresh_tokens_issued += 1
        self.changed()


def _token() -> str:
    """Return an opaque token of two parts, as Hydra's are."""
    return f"{secrets.token_urlsafe(32)}.{secrets.token_urlsafe(32)}"
