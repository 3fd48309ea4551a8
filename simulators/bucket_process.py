"""Start the stand-in for Bucket as a process, and control it over HTTP: connect people, cause faults, read what is
stored.

    with BucketStandIn() as bucket:
        bucket.oauth_url, bucket.userinfo_url, bucket.api_url  # what the site's settings need
        tokens = bucket.grant("priya-raman")                   # connect a person without the pages
        back = bucket.consent(address, "priya-raman")          # or submit the pages, as the person would
        bucket.things("priya-raman"), bucket.rows(property_id) # what is stored
        bucket.fault("lose", "write_values", calls=1)          # store the next write, and lose the answer

`BucketStandIn("--state", file, "--port", port)` starts one again at the same port, with what it stored before.
In tests the fixture `bucket` is such a process without faults and without stored Things (tests/conftest.py).
"""

import re
from typing import Any
from urllib.parse import urlencode, urlsplit

from simulators.bucket.clients import CONFIDENTIAL, CONFIDENTIAL_SECRET, PUBLIC
from simulators.started import Record, StandInError, StandInProcess

FORM = "application/x-www-form-urlencoded"
EVERYTHING = ("openid", "offline", "profile", "email", "dcd:things", "dcd:properties")
"""The scopes that the site asks for."""


class BucketStandIn(StandInProcess):
    """A running stand-in for Bucket on a free port. Use it in a `with` block, or call `stop()`."""

    module = "simulators.bucket"
    control = "/_control"

    client_id = PUBLIC
    """A client without a secret."""
    confidential_id, confidential_secret = CONFIDENTIAL, CONFIDENTIAL_SECRET
    """A client with a secret."""

    def __init__(self, *options: str) -> None:
        super().__init__(*options)
        self.oauth_url, self.userinfo_url = f"{self.url}/oauth2", f"{self.url}/userinfo"
        self.api_url = f"{self.url}/bucket/api"

    def stats(self) -> Record:
        """Return counts: `calls` of each endpoint, `statuses` of their answers, `tokens`, `limit`, `rows` and more."""
        return self._get("stats")

    def add_person(self, name: str) -> str:
        """Create an account at Bucket, and return its username."""
        return str(self._post("people", name=name)["username"])

    def people(self) -> list[Record]:
        return self._get_many("people")

    def things(self, username: str | None = None) -> list[Record]:
        """Return the Things of a person, or of all, each with its `properties` and how many `rows` they have."""
        return self._get_many("things", **({"username": username} if username else {}))

    def rows(self, property_id: str) -> list[list[Any]]:
        """Return all rows of a Property in the order of time, with the values in the order of the type's definition."""
        rows: list[list[Any]] = self._json(*self._send("GET", f"{self.control}/rows?property_id={property_id}"))
        return rows

    def rows_by_name(self, username: str) -> dict[str, list[list[Any]]]:
        """Return all rows of a person by the name of the Property."""
        properties = (one for thing in self.things(username) for one in thing["properties"])
        return {one["name"]: self.rows(one["id"]) for one in properties}

    def orphans(self) -> Record:
        """Return how many rows are left of each Property whose Thing was deleted."""
        return self._get("orphans")

    def grants(self, username: str) -> list[Record]:
        """Return what a person has consented to: `client_id`, `scopes`, `access_until` and `refresh_until`."""
        return self._get_many("grants", username=username)

    def grant(self, username: str, scope: str = " ".join(EVERYTHING), *, client_id: str = PUBLIC) -> Record:
        """Connect a person without the pages, and return the tokens."""
        return self._post("grant", username=username, scope=scope, client_id=client_id)

    def consent(
        self,
        address: str,
        username: str,
        *,
        scopes: tuple[str, ...] = EVERYTHING,
        deny: bool = False,
        remember: bool = False,
    ) -> str:
        """Open an address of `/oauth2/auth`, sign in and consent as a person would. Return the URL of the redirect.

        If Bucket redirects to the application at once, for example because of an error, return that URL.
        """
        parts = urlsplit(address)
        at = self._redirect("GET", f"{parts.path}?{parts.query}")
        remembered = {"remember": "1"} if remember else {}
        if "login_challenge=" in at:
            sign_in = {"login_challenge": _challenge(at), "username": username} | remembered
            at = self._redirect("POST", "/profile/sign-in", [*sign_in.items()])
        if "consent_challenge=" in at:
            decision = {"consent_challenge": _challenge(at), "decision": "deny" if deny else "allow"} | remembered
            ticked = [("scope", scope) for scope in scopes]
            at = self._redirect("POST", "/profile/consent", [*decision.items(), *ticked])
        return at

    def expire_tokens(self, username: str, *, refresh_too: bool = False) -> int:
        """Let a person's access tokens expire, with `refresh_too` also the refresh tokens. Return how many grants."""
        return int(self._post("expire", username=username, refresh_too=refresh_too)["expired"])

    def revoke(self, username: str) -> int:
        """Withdraw a person's consent, as they can at Bucket. Return how many grants ended."""
        return int(self._post("revoke", username=username)["revoked"])

    def add_thing(self, username: str, name: str, **fields: str) -> str:
        """Create a Thing that the site does not know of. Return its id."""
        return str(self._post("things", username=username, name=name, **fields)["id"])

    def delete_thing(self, thing_id: str) -> None:
        """Delete a Thing, as its person can at Bucket."""
        self._post("things/delete", thing_id=thing_id)

    def add_property(self, thing_id: str, type_id: str, **fields: str) -> str:
        """Add a Property that the site does not know of. Return its id."""
        return str(self._post("properties", thing_id=thing_id, type_id=type_id, **fields)["id"])

    def delete_property(self, property_id: str) -> None:
        self._post("properties/delete", property_id=property_id)

    def write_rows(self, property_id: str, rows: list[list[Any]]) -> None:
        """Store rows, with the values in the order of the type's definition."""
        self._post("rows", property_id=property_id, rows=rows)

    def fault(self, kind: str, endpoint: str = "*", **how: Any) -> int:
        """Switch on a fault, and return its id for `clear_fault`.

        `kind` is one of simulators.bucket.faults.KINDS, `endpoint` one of its ENDPOINTS, "api" or "*". `how` has fields
        of simulators.faults.Fault, such as `calls`. With `username`, the fault affects only this person's calls.
        """
        return int(self._post("faults", kind=kind, endpoint=endpoint, **how)["id"])

    def clear_fault(self, fault_id: int) -> None:
        self._post("faults/clear", id=fault_id)

    def clear_faults(self) -> None:
        self._post("faults/clear")

    def limit(self, **values: Any) -> Record:
        """Set the rate limit: requests=, window_s= (which begins now), used= and headers=."""
        return self._post("limit", **values)

    def settings(self, **values: Any) -> Record:
        """Change settings, which are fields of simulators.bucket.settings.Settings, and return all of them."""
        return self._post("settings", **values)

    def reset(self) -> None:
        """Remove faults, and restore settings and limit. What is stored stays, and so do tokens and counts."""
        self._post("reset")

    def clear(self) -> None:
        """Delete all Things, Properties, rows and saved types. People and tokens stay."""
        self._post("clear")

    def _redirect(self, method: str, path: str, fields: list[tuple[str, str]] | None = None) -> str:
        status, headers, body = self._send(method, path, urlencode(fields or []), FORM if fields else "")
        if status not in (302, 303):
            raise StandInError(f"{path} was answered {status}: {body[-400:]!r}")
        return headers["location"]


def _challenge(address: str) -> str:
    found = re.search(r"challenge=(\w+)", address)
    return found[1] if found else ""
