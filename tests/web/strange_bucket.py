"""The athlete's Bucket, and what can be strange about it: quirks of Bucket, proxies, and what other apps do."""

import json
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

from pytest_django import Settings

from simulators.bucket_process import BucketStandIn
from strava_live.accounts.encryption import Secret
from strava_live.bucket.models import BucketConnection
from strava_live.bucket_client.calls import LONGEST_ANSWER
from tests.bucket.bucket_proxy import PassedAnswer, proxy_to
from tests.bucket.connected import username_of
from tests.bucket.executed import should_be_stored, stored

ONE_TEXT = [{"id": "text", "name": "Text", "type": "string"}]


@dataclass(frozen=True)
class StrangeBucket:
    """The Bucket of a connected person, and ways to make it strange."""

    bucket: BucketStandIn
    connection: BucketConnection
    settings: Settings
    proxies: ExitStack

    @property
    def username(self) -> str:
        return username_of(self.connection)

    @property
    def things(self) -> list[dict[str, Any]]:
        return self.bucket.things(self.username)

    def behind_proxy(self, **how: Any) -> None:
        url = self.proxies.enter_context(proxy_to(self.bucket, **how))
        self.settings.BUCKET_API_URL = f"{url}/bucket/api"

    def call_api(self, method: str, path: str, body: object = None, *, scope: str = "openid dcd:types") -> Any:
        """Call Bucket's API as another app of the person does."""
        token = self.bucket.grant(self.username, scope)["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        sent = None if body is None else json.dumps(body).encode()
        with urlopen(Request(f"{self.bucket.api_url}{path}", sent, headers, method=method)) as answer:
            return json.loads(answer.read() or "null")

    def put_right(self) -> None:
        """End everything strange."""
        self.bucket.reset()
        self.settings.BUCKET_API_URL = self.bucket.api_url
        self.call_api("POST", "/types", {"id": "TEXT", "name": "Text", "dimensions": ONE_TEXT})
        BucketConnection.objects.update(trouble="")

    def assert_all_stored(self) -> None:
        assert stored(self.bucket, self.connection) == should_be_stored(self.connection)
        assert len(self.things) == 1
        names = [one["name"] for one in self.things[0]["properties"]]
        assert len(names) == len(set(names))


def no_header(strange: StrangeBucket) -> None:
    strange.behind_proxy(headers={})


def no_bearer(strange: StrangeBucket) -> None:
    strange.behind_proxy(headers={"Authorization": "Basic abc"})


def refresh_token_as_access_token(strange: StrangeBucket) -> None:
    BucketConnection.objects.update(access_token=Secret.of(strange.connection.refresh_token.reveal()))
    strange.connection.refresh_from_db()


def lost_refresh(strange: StrangeBucket) -> None:
    strange.bucket.expire_tokens(strange.username)
    strange.bucket.fault("lose", "refresh", calls=1)


def expired_without_offline(strange: StrangeBucket) -> None:
    BucketConnection.objects.update(refresh_token=Secret.of(""))
    strange.bucket.expire_tokens(strange.username)


def another_address(strange: StrangeBucket) -> None:
    strange.settings.BUCKET_API_URL += "/v2"


def lists_in_objects(strange: StrangeBucket) -> None:
    def wrapped(answer: PassedAnswer) -> tuple[int, bytes]:
        body = b'{"things": %s}' % answer.body if answer.body.startswith(b"[") else answer.body
        return answer.status, body

    strange.behind_proxy(answer=wrapped)


def too_many_things(strange: StrangeBucket) -> None:
    """The list of Things is longer than the site accepts."""

    def long(answer: PassedAnswer) -> tuple[int, bytes]:
        return answer.status, answer.body + b" " * LONGEST_ANSWER if answer.path.endswith("/things") else answer.body

    strange.behind_proxy(answer=long)


def cut_off(strange: StrangeBucket) -> None:
    strange.bucket.fault("truncate", "list_things", bytes=1)


def broken_database(strange: StrangeBucket) -> None:
    """Bucket answers 404 for a Property that is there."""
    error = {"status": 404, "message": "Resource not found", "hint": "Property not found in the thing."}

    def not_found(answer: PassedAnswer) -> tuple[int, bytes]:
        is_property = "/properties/" in answer.path
        return (404, json.dumps(error).encode()) if is_property else (answer.status, answer.body)

    strange.behind_proxy(answer=not_found)


def missing_type(strange: StrangeBucket) -> None:
    strange.call_api("DELETE", "/types/TEXT")


def type_that_another_app_has_overwritten(strange: StrangeBucket) -> None:
    number = [{"id": "text", "name": "Text", "type": "number"}]
    strange.call_api("POST", "/types", {"id": "TEXT", "name": "Text", "dimensions": number})


def property_deleted_meanwhile(strange: StrangeBucket) -> None:
    strange.bucket.fault("not_allowed", "write_values", calls=1, skip=2)


def scope_that_went(strange: StrangeBucket) -> None:
    strange.bucket.fault("not_active", "write_values")


def page_of_a_proxy(strange: StrangeBucket) -> None:
    strange.bucket.fault("html", "write_values", status=200)


def other_statuses(strange: StrangeBucket) -> None:
    """Bucket's documentation says 204 where Bucket answers 200, and another version may answer as documented."""
    other = {200: 204, 201: 200, 204: 200}

    def changed(answer: PassedAnswer) -> tuple[int, bytes]:
        is_read = answer.method == "GET"
        return answer.status if is_read else other.get(answer.status, answer.status), answer.body or b"{}"

    strange.behind_proxy(answer=changed)


def types_that_are_gone(strange: StrangeBucket) -> None:
    def without_type(answer: PassedAnswer) -> tuple[int, bytes]:
        found = json.loads(answer.body or b"{}")
        for one in found.get("properties", [found]) if isinstance(found, dict) else found:
            one["type"] = None
        return answer.status, json.dumps(found).encode()

    strange.behind_proxy(answer=without_type)


def texts_that_looked_like_numbers(strange: StrangeBucket) -> None:
    """A type has changed after the site has read it, and before the site writes."""

    def before_the_change(answer: PassedAnswer) -> tuple[int, bytes]:
        return answer.status, answer.body.replace(b'"type": "string"', b'"type": "number"')

    strange.behind_proxy(answer=before_the_change)
