"""Things and Properties at the stand-in for Bucket, and the site's pages about them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.test import Client

from simulators.bucket_process import BucketStandIn
from strava_live.bucket.models import BucketConnection
from tests.bucket.connected import username_of

NINE = int(datetime(2026, 11, 21, 9, tzinfo=UTC).timestamp()) * 1000
MINUTE = 60_000


@dataclass(frozen=True)
class PropertyThere:
    """A Property at the stand-in, in a Thing of its own."""

    bucket: BucketStandIn
    thing_id: str
    id: str

    @property
    def page(self) -> str:
        return f"/bucket/things/{self.thing_id}/properties/{self.id}/"

    @property
    def csv(self) -> str:
        return f"{self.page.rstrip('/')}.csv"

    @property
    def all_values(self) -> str:
        """The page with the values of all times."""
        return f"{self.page}?from=0"

    @property
    def csv_of_all(self) -> str:
        return f"{self.csv}?from=0"

    @property
    def rows(self) -> list[list[Any]]:
        return self.bucket.rows(self.id)

    def write(self, client: Client, rows: str, **fields: str) -> Any:
        return client.post(f"{self.page}values/", {"rows": rows, **fields})


def property_there(
    bucket: BucketStandIn, owner: BucketConnection | str, type_id: str = "COUNT", name: str = "Steps"
) -> PropertyThere:
    username = owner if isinstance(owner, str) else username_of(owner)
    thing_id = bucket.add_thing(username, "My watch")
    return PropertyThere(bucket, thing_id, bucket.add_property(thing_id, type_id, name=name))
