"""Every event stream, opened by every kind of person. It is answered in front of Django, unlike other endpoints."""

from strava_live.api.streams import PATH
from strava_live.database import on_database
from tests.access.rows import ROWS, Row
from tests.access.world import Caller, World, world
from tests.hub.in_process_socket import eventually
from tests.hub.in_process_stream import InProcessStream
from tests.hub.unreliable import UnreliableLayer


async def test_every_kind_of_person_gets_what_the_table_says(transactional_db: None, layer: UnreliableLayer) -> None:
    cast = await on_database(world)()
    cells = [(row, caller) for row in ROWS if row.route.endswith("/stream") for caller in cast.callers]
    found = {(row.route, caller.kind): await outcome_of(row, caller, cast) for row, caller in cells}

    assert found == {(row.route, caller.kind): row.answers[caller.kind] for row, caller in cells}
    assert len({row.route for row, _ in cells}) == 2


async def outcome_of(row: Row, caller: Caller, cast: World) -> str:
    """Open a stream, and return its status. A stream that opens must begin with `hello`."""
    path = cast.path(row.route, caller)
    assert PATH.fullmatch(path)
    stream = InProcessStream(path, caller.session, caller.token).connect()
    await eventually(lambda: stream.ended or stream.events)
    if stream.events:
        assert stream.types() == ["hello"]
        stream.disconnect()
    await stream.until_over()
    return str(stream.status)
