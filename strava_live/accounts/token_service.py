"""What differs between the services whose access tokens this site refreshes: Strava and Bucket."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from strava_live.accounts.encryption import Secret
from strava_live.accounts.token_columns import TokenColumns

ConnectionT = TypeVar("ConnectionT", bound=TokenColumns)


class NewTokens(Protocol):
    """The tokens in the answer to a refresh."""

    @property
    def access(self) -> str: ...

    @property
    def refresh(self) -> str: ...

    @property
    def expires_at(self) -> datetime: ...


@dataclass(frozen=True, kw_only=True)
class TokenService(Generic[ConnectionT]):
    """One service: its connections, its refresh call, and the errors of that call."""

    name: str
    """The name of the service in log lines."""
    model: type[ConnectionT]
    key: str
    """The column that identifies a connection. It stays the same when the user connects again."""
    refresh: Callable[[str], Awaitable[NewTokens]]
    """Exchange a refresh token for new tokens, at the service."""
    errors: type[Exception]
    """The base class of what `refresh` raises."""
    reconnect_needed: type[Exception]
    """The class among `errors` for tokens that are invalid. It takes a reason, for the log."""
    unreadable: type[Exception]
    """A subclass of `reconnect_needed`, for tokens that no key in FIELD_KEYS decrypts. The operator may put the right
    key back, so nothing is noted in the row of the connection."""
    reject: Callable[[ConnectionT, NewTokens, bool], None]
    """Deal with new tokens that are not stored. `reject(spent, tokens, is_connected)` is called in a transaction.
    `spent` is the connection as it was before the refresh. `is_connected` is False if the user has disconnected since,
    and True if the connection has other tokens by now."""

    def find(self, key: Any) -> ConnectionT | None:
        return self.model._default_manager.filter(**{self.key: key}).first()

    def key_of(self, connection: ConnectionT) -> Any:
        return getattr(connection, self.key)

    def details(self, connection: ConnectionT) -> dict[str, object]:
        """Return what log lines say about a connection."""
        return {"service": self.name, self.key: self.key_of(connection)}


def columns_of_tokens(tokens: NewTokens) -> dict[str, Any]:
    """Return the values of the columns that hold `tokens`, with no trouble and no lease on refreshing them."""
    return {
        "access_token": Secret.of(tokens.access),
        "refresh_token": Secret.of(tokens.refresh),
        "expires_at": tokens.expires_at,
        "trouble": "",
        **TokenColumns.refresh_lease.cleared,
    }
