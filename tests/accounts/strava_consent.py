"""Sign in with Strava, or connect it, as a browser does."""

from urllib.parse import urlsplit

from django.http import HttpResponse
from django.test import Client

from simulators.process import StandIn
from strava_live.accounts.strava_app import strava
from strava_live.accounts.tokens import token_source_for
from tests.passwords import PASSWORD

BOTH = ("read", "activity:read")


def come_back(
    client: Client,
    stand_in: StandIn,
    strava_id: int,
    *,
    scopes: tuple[str, ...] = BOTH,
    zone: str = "",
    **how: bool,
) -> HttpResponse:
    """Do what a browser does: press the button, enter the password if it is asked for, consent at Strava, come back."""
    connecting = how.pop("connecting", False)
    form = {"time_zone": zone}
    start = client.post("/accounts/strava/login/" + ("?process=connect" if connecting else ""), form)
    if start.headers.get("Location", "").startswith("/accounts/reauthenticate/"):
        start = client.post(start.headers["Location"], {"password": PASSWORD})
    assert start.status_code == 302, start.content
    back = urlsplit(stand_in.consent(start.headers["Location"], strava_id, scopes=scopes, **how))
    answer: HttpResponse = client.get(f"{back.path}?{back.query}")  # type: ignore[assignment]
    return answer


async def whoami(strava_id: int) -> int:
    """Ask Strava with the stored tokens whose they are."""
    async with token_source_for(strava_id) as tokens:
        return (await strava().athlete(tokens)).strava_id
