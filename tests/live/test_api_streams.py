"""A token that is made and revoked in one web process opens streams in another, and ends them there."""

import asyncio

import pytest

from tests.live.token_streams import make_token, revoke_token, settings_of, stream
from tests.live.two_processes import TwoProcesses
from tests.live.visitor import Visitor
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.services


async def test_token_revoked_in_one_process_ends_its_streams_in_another(two: TwoProcesses) -> None:
    browser = settings_of(two, 0)
    revoked, kept = [await asyncio.to_thread(make_token, browser, name) for name in ("Revoked", "Kept")]
    feed, mine = f"/api/v1/clubs/{two.club.slug}/stream", "/api/v1/me/stream"
    url = two.urls[1]

    async with (
        stream(url, feed, revoked) as ends,
        stream(url, mine, revoked) as ends_too,
        stream(url, feed, kept) as stays,
    ):
        await asyncio.to_thread(revoke_token, browser, "Revoked")
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(ends, ends_too)
        assert not stays.done()
    headers = {"Authorization": f"Bearer {revoked}"}
    for path in (feed, mine, "/api/v1/me"):
        refused = await asyncio.to_thread(Visitor(url).get, path, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (401, "not_signed_in")
