"""A revoked or expired API token ends its streams, whether the channel layer delivers the eviction or not.

The regular recheck keeps its real pause of 180 seconds, so that no test passes because of it.
"""

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from strava_live.accounts.models import User
from strava_live.accounts.sessions import close_sockets_of_person
from strava_live.api_tokens.models import ApiToken
from strava_live.api_tokens.tokens import find_token, make_token, note_used, revoke_token
from strava_live.database import on_database
from strava_live.hub import authorizer
from strava_live.hub.authorizer import ConnectionRefused, Permissions
from strava_live.hub.hub import hub
from strava_live.membership.leaving import leave
from strava_live.protocol import Close
from tests.hub.club_cast import ClubCast
from tests.hub.in_process_socket import eventually
from tests.hub.in_process_stream import InProcessStream
from tests.hub.unreliable import UnreliableLayer

FEED, MINE = "/api/v1/clubs/striders/stream", "/api/v1/me/stream"


@pytest.fixture
def quick_looks(settings: Settings) -> None:
    settings.HUB_LOOK_S, settings.HUB_ECHO_WITHIN_S = 0.1, 0.2
    assert settings.SOCKET_RECHECK_S == 180


@pytest.fixture
def no_looks(settings: Settings) -> None:
    settings.HUB_LOOK_S = 3600


async def token_of(user_id: int) -> tuple[ApiToken, str]:
    return await on_database(make_token)(user_id, name="My script", scope=ApiToken.Scope.READ)


async def opened(secret: str, path: str = FEED) -> InProcessStream:
    stream = InProcessStream(path, token=secret).connect()
    await stream.event(0)
    return stream


async def refusal(secret: str) -> str:
    error = await InProcessStream(FEED, token=secret).connect().error()
    return str(error["code"])


async def test_revoked_token_ends_its_streams_at_once_and_no_others(cast: ClubCast, no_looks: None) -> None:
    token, secret = await token_of(cast.members[0])
    _, kept = await token_of(cast.members[0])
    ending = [await opened(secret, path) for path in (FEED, MINE)]
    staying = [await opened(kept, path) for path in (FEED, MINE)]
    socket = cast.member(0)
    await socket.frame(0)

    await on_database(revoke_token)(cast.members[0], token.pk)
    for stream in ending:
        await stream.until_over()

    assert [stream.ended for stream in (*ending, *staying)] == [True, True, False, False]
    assert socket.code is None
    assert await refusal(secret) == "not_signed_in"


async def test_revoked_token_is_found_in_the_table_while_the_layer_is_away(
    cast: ClubCast, layer: UnreliableLayer, quick_looks: None
) -> None:
    token, secret = await token_of(cast.members[0])
    _, kept = await token_of(cast.members[1])
    stream, mine, other = await opened(secret), await opened(secret, MINE), await opened(kept)
    layer.is_away = True

    await on_database(revoke_token)(cast.members[0], token.pk)
    await stream.until_over()
    await mine.until_over()

    assert not other.ended


@pytest.mark.parametrize("ending", ["expired", "user not active", "user deleted"])
async def test_token_that_ends_without_an_announcement_ends_its_streams(
    cast: ClubCast, quick_looks: None, ending: str
) -> None:
    token, secret = await token_of(cast.members[0])
    stream = await opened(secret)
    rows, people = ApiToken.objects.filter(pk=token.pk), User.objects.filter(pk=cast.members[0])

    match ending:
        case "expired":
            await on_database(rows.update)(expires_at=timezone.now() - timedelta(seconds=1))
        case "user not active":
            await on_database(people.update)(is_active=False)
        case _:
            await on_database(people.delete)()
    await stream.until_over()

    assert await refusal(secret) == "not_signed_in"


async def test_token_revoked_while_it_is_authorized_is_refused(cast: ClubCast, no_looks: None) -> None:
    """The token is read before it is revoked, and the connection registers after the eviction."""
    token, secret = await token_of(cast.members[0])
    here = hub()
    await eventually(lambda: here.subscriptions.channel)

    def read_then_revoke(digests: list[str]) -> list[ApiToken | None]:
        read = authorizer.find_tokens_in_order(digests)
        revoke_token(cast.members[0], token.pk)
        async_to_sync(eventually)(lambda: here.registry.recent_evictions)
        return read

    here.authorizer.tokens.answer = read_then_revoke

    assert await refusal(secret) == "not_signed_in"


async def test_member_who_leaves_loses_the_club_but_keeps_their_own_stream(cast: ClubCast, no_looks: None) -> None:
    _, secret = await token_of(cast.members[0])
    feed, mine = await opened(secret), await opened(secret, MINE)

    await on_database(leave)(cast.club.pk, cast.members[0])
    await feed.until_over()

    assert not mine.ended
    assert await refusal(secret) == "not_found"


async def test_eviction_of_a_person_ends_the_streams_of_their_tokens(cast: ClubCast, no_looks: None) -> None:
    _, secret = await token_of(cast.members[0])
    stream = await opened(secret)

    await on_database(close_sockets_of_person)(cast.members[0], Close.NOT_SIGNED_IN)

    await stream.until_over()


@pytest.mark.parametrize("wrong", ["", "satlive_r_unknown", "x" * 5000, "\x00", "\ud800"])
async def test_unknown_secret_is_refused(cast: ClubCast, wrong: str) -> None:
    with pytest.raises(ConnectionRefused) as refused:
        await hub().authorizer.token(wrong)
    assert refused.value.code == Close.NOT_SIGNED_IN


async def test_opening_a_stream_notes_the_day_once(cast: ClubCast, monkeypatch: pytest.MonkeyPatch) -> None:
    token, secret = await token_of(cast.members[0])
    noted: list[int] = []

    def note(used: ApiToken, **how: object) -> None:
        noted.append(used.pk)
        note_used(used, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(authorizer, "note_used", note)
    for path in (FEED, MINE):
        await opened(secret, path)

    found = await on_database(find_token)(secret, now=timezone.now())
    assert found is not None
    assert found.last_used_on == timezone.now().date()
    assert noted == [token.pk]


def test_recheck_reads_tokens_in_one_query_and_only_if_there_are_any(athlete: User) -> None:
    tokens = [make_token(athlete.pk, name="x", scope=ApiToken.Scope.READ)[0].pk for _ in range(3)]
    revoke_token(athlete.pk, tokens[0])
    without = Permissions(session_keys=frozenset(), memberships=frozenset(), screen_ids=frozenset())
    with_tokens = Permissions(frozenset(), frozenset(), frozenset(), token_ids=frozenset(tokens))

    with CaptureQueriesContext(connection) as few:
        assert without.still_valid().token_ids == frozenset()
    with CaptureQueriesContext(connection) as more:
        valid = with_tokens.still_valid().token_ids

    assert valid == set(tokens[1:])
    assert len(more) == len(few) + 1
