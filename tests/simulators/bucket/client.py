"""A minimal client of the stand-in for Bucket."""

import base64
import hashlib
from typing import Any
from urllib.parse import urlencode

import httpx

from simulators.bucket_process import EVERYTHING, BucketStandIn
from tests.patience import PATIENCE_S

CALLBACK = "http://localhost:9/callback"
STATE = "state-of-the-test"
VERIFIER = "verifier-" * 6
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


class Client:
    """Requests consent, exchanges codes, refreshes tokens, and calls the API."""

    def __init__(self, bucket: BucketStandIn) -> None:
        self.bucket = bucket
        self.http = httpx.Client(timeout=PATIENCE_S, verify=False)  # noqa: S501 - no TLS here, and loading the roots is slow

    def address(self, **fields: str) -> str:
        asked = {
            "client_id": self.bucket.client_id,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": " ".join(EVERYTHING),
            "state": STATE,
        }
        return f"{self.bucket.oauth_url}/auth?{urlencode(asked | fields)}"

    def token(self, **fields: str) -> httpx.Response:
        return self.http.post(f"{self.bucket.oauth_url}/token", data={"client_id": self.bucket.client_id} | fields)

    def exchange(self, code: str, **fields: str) -> httpx.Response:
        usual = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        return self.token(**usual | fields)

    def refresh(self, refresh_token: str, **fields: str) -> httpx.Response:
        return self.token(grant_type="refresh_token", refresh_token=refresh_token, **fields)

    def userinfo(self, token: str) -> httpx.Response:
        return self.http.get(self.bucket.userinfo_url, headers={"Authorization": f"Bearer {token}"})


class Api:
    """The API with the token of one person."""

    def __init__(self, client: Client, username: str, token: str) -> None:
        self.client, self.username, self.token = client, username, token

    def call(self, method: str, path: str, json: Any = None, **how: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} | how.pop("headers", {})
        url = f"{self.client.bucket.api_url}{path}"
        return self.client.http.request(method, url, json=json, headers=headers, **how)

    def make_thing(self, **fields: Any) -> str:
        answer = self.call("POST", "/things", {"name": "My runs", "type": "Strava"} | fields)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def make_property(self, type_id: str, thing: str | None = None, **fields: Any) -> str:
        """Return the path of a new Property, in a new Thing unless one is given."""
        thing = thing or self.make_thing()
        answer = self.call("POST", f"/things/{thing}/properties", {"typeId": type_id} | fields)
        assert answer.status_code == 201, answer.text
        return f"/things/{thing}/properties/{answer.json()['id']}"

    def write(self, path: str, *rows: list[Any]) -> httpx.Response:
        return self.call("PUT", path, {"values": list(rows)})

    def read(self, path: str, first: int = 0, last: int = 9_999_999_999_999, **params: Any) -> list[list[Any]]:
        answer = self.call("GET", path, params={"from": first, "to": last} | params)
        assert answer.status_code == 200, answer.text
        values: list[list[Any]] = answer.json()["values"]
        return values


def hint(answer: httpx.Response) -> tuple[int, str]:
    """Return the status and the hint of an error of the API."""
    return answer.status_code, answer.json().get("hint", "")


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Return the status and the error of an OAuth endpoint."""
    body = answer.json()
    assert body["status_code"] == answer.status_code
    return answer.status_code, body["error"]
