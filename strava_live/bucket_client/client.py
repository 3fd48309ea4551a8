"""The client for Bucket.

    bucket = BucketClient(oauth_url=…, userinfo_url=…, api_url=…, client_id=…, client_secret=…, pace=RequestPace())
    granted = await bucket.exchange(code, redirect_uri=…, verifier=…)
    thing = await bucket.make_thing(token_source, name="Running", type="Strava")
    distance = await bucket.find_or_make_property(token_source, thing.id, name="Distance (m)", type_id="COUNT")
    await bucket.put_values(token_source, distance, [BucketRow(1_600_000_000_000, (5000,))])

Every method raises only subclasses of `BucketError`. One instance serves all people and event loops of a process, and
all instances of a process share one `RequestPace`. Whatever was sent may be sent again: rows with the same timestamp
replace each other, and Things and properties are found by their names before they are made.
"""

from dataclasses import dataclass

from strava_live.bucket_client.calls import reading
from strava_live.bucket_client.errors import BucketAnswerNotUnderstood
from strava_live.bucket_client.payloads import as_object
from strava_live.bucket_client.sign_in import BucketSignIn
from strava_live.bucket_client.values import BucketValues
from strava_live.http.transport import Request


@dataclass(frozen=True, kw_only=True)
class BucketClient(BucketSignIn, BucketValues):
    """Bucket for one site, which its client id identifies. See `sign_in.py`, `things.py` and `values.py`."""

    async def check_health(self) -> None:
        """Ask Bucket whether it is well, without a token. Raise a BucketError if it is not."""
        health = await self.call(Request("GET", f"{self.api_url}/things/health"), read=reading(lambda data: data))
        if as_object(health, "a health").get("status") != "OK":
            raise BucketAnswerNotUnderstood("the status is not OK")
