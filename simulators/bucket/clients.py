"""The client applications that Bucket knows, and how each shows at the token endpoint who it is."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_plus, urlsplit

PUBLIC = "clients:saturday-live"
"""The client without a secret."""
CONFIDENTIAL = "clients:saturday-live-server"
CONFIDENTIAL_SECRET = "stand-in-secret"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
SCOPES = (
    "openid",
    "offline",
    "profile",
    "email",
    "phone",
    "address",
    "dcd:public",
    "dcd:things",
    "dcd:properties",
    "dcd:types",
    "dcd:consents",
    "dcd:persons",
    "dcd:groups",
)


class UnknownClientError(Exception):
    """The request does not prove which client sends it. The message says why."""


@dataclass
class Clients:
    """The registered clients: the secret of each client by its id. A client without a secret has an empty one.

    A client may redirect to any address of this machine, and of `callback_domain`.
    """

    secrets: dict[str, str] = field(default_factory=lambda: {PUBLIC: "", CONFIDENTIAL: CONFIDENTIAL_SECRET})
    callback_domain: str = ""

    def may_redirect_to(self, address: str) -> bool:
        url = urlsplit(address)
        return url.scheme in ("http", "https") and url.hostname in (*LOOPBACK, self.callback_domain or LOOPBACK[0])

    def authenticate(self, authorization: str, form: Mapping[str, str]) -> str:
        """Return the id of the client that sends a form. A secret may be in the form or in an HTTP Basic header."""
        client_id, secret = form.get("client_id", ""), form.get("client_secret")
        kind, _, coded = authorization.partition(" ")
        if kind.lower() == "basic":
            client_id, secret = _read_basic(coded)
        if client_id not in self.secrets:
            raise UnknownClientError("The requested OAuth 2.0 Client does not exist.")
        known = self.secrets[client_id]
        if not known and secret:
            raise UnknownClientError(
                "The OAuth 2.0 Client supports client authentication method 'none', but a secret was sent."
            )
        if known and not hmac.compare_digest(known.encode(), (secret or "").encode()):
            raise UnknownClientError("The secret of the OAuth 2.0 Client is missing or wrong.")
        return client_id


def _read_basic(coded: str) -> tuple[str, str]:
    """Return id and secret of an HTTP Basic header. Both are URL-encoded in it, as an id may have a colon."""
    try:
        text = base64.b64decode(coded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise UnknownClientError("The client credentials in the HTTP authorization header cannot be read.") from None
    client_id, _, secret = text.partition(":")
    return unquote_plus(client_id), unquote_plus(secret)
