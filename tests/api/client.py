"""A program that uses the API with a token, in the test's own process and transaction."""

import json
from typing import Any

from django.test import Client

from strava_live.api.errors import JSON
from strava_live.protocol.api_common import V1

Response = Any
"""Django's response. Its `json()` fails if the answer is not application/json."""


class ApiClient:
    """Send requests with a token. Paths are relative to /api/v1/: `get("me")` reads /api/v1/me.

    Without a secret no Authorization is sent; `browser` may then be signed in with a session.
    """

    def __init__(self, secret: str = "", browser: Client | None = None) -> None:
        self.browser = browser or Client()
        self.headers = {"Authorization": f"Bearer {secret}"} if secret else {}

    def get(self, path: str, *, headers: dict[str, str] | None = None, **query: str | int) -> Response:
        return self.browser.get(f"{V1}{path}", query, headers=self.headers | (headers or {}))

    def follow(self, address: str) -> Response:
        """Read the page at this address, which is the `next` or `previous` of another page."""
        return self.browser.get(address, headers=self.headers)

    def post(self, path: str, body: object = None, key: str = "", headers: dict[str, str] | None = None) -> Response:
        with_key = {"Idempotency-Key": key} if key else {}
        return self.send("POST", path, body, with_key | (headers or {}))

    def patch(self, path: str, body: object = None) -> Response:
        return self.send("PATCH", path, body)

    def put(self, path: str, body: object = None) -> Response:
        return self.send("PUT", path, body)

    def delete(self, path: str) -> Response:
        return self.send("DELETE", path)

    def send(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> Response:
        """Send `body` as JSON, bytes unchanged, and no body for None."""
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.browser.generic(
            method, f"{V1}{path}", content, content_type=JSON, headers=self.headers | (headers or {})
        )
