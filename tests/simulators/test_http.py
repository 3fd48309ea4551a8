"""The HTTP server: keep-alive, routing, bodies, and malformed requests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx
import pytest

from simulators.http import (
    HangUpError,
    Request,
    Response,
    Router,
    Server,
    html_response,
    json_response,
    redirect,
)
from simulators.http_client import Connection, UnansweredError, fetch


async def _echo(request: Request) -> Response:
    return json_response(
        {"name": request.params["name"], "query": dict(request.query), "form": request.form()}, status=201
    )


async def _count(_request: Request) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        for number in range(3):
            yield str(number).encode()

    return Response(pieces())


async def _fail(_request: Request) -> Response:
    raise ZeroDivisionError


async def _hang_up(_request: Request) -> Response:
    raise HangUpError


async def _page(_request: Request) -> Response:
    return html_response("<p>é</p>")


async def _away(_request: Request) -> Response:
    return redirect("/page")


def client_of_ours() -> httpx.AsyncClient:
    return httpx.AsyncClient(verify=False)  # noqa: S501 - no TLS here, and loading the roots is slow


@asynccontextmanager
async def serving() -> AsyncIterator[tuple[str, Server]]:
    router = Router()
    router.add("POST", "/echo/{name}", _echo)
    for path, handler in (
        ("/count", _count),
        ("/fail", _fail),
        ("/hang", _hang_up),
        ("/page", _page),
        ("/away", _away),
    ):
        router.add("GET", path, handler)
    server = Server(router)
    port = await server.start("127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{port}", server
    finally:
        await server.close()


async def test_server_keeps_connections_alive() -> None:
    async with serving() as (url, server), client_of_ours() as client:
        for _ in range(5):
            await client.get(f"{url}/page")
        assert (server.connections_made, server.open_connections) == (1, 1)


async def test_server_reads_forms_and_routes() -> None:
    async with serving() as (url, _), client_of_ours() as client:
        answer = await client.post(f"{url}/echo/a%20b?x=1", data={"y": ["2", "3"]})
        assert (answer.status_code, answer.json()) == (
            201,
            {"name": "a%20b", "query": {"x": "1"}, "form": {"y": ["2", "3"]}},
        )
        assert (await client.get(f"{url}/echo/a")).status_code == 405
        assert (await client.get(f"{url}/nothing")).status_code == 404
        assert (await client.get(f"{url}/away", follow_redirects=True)).text == "<p>é</p>"


async def test_server_streams_pieces() -> None:
    async with serving() as (url, _), client_of_ours() as client:
        answer = await client.get(f"{url}/count")
        assert (answer.text, answer.headers["transfer-encoding"]) == ("012", "chunked")


async def test_server_survives_a_failing_handler_and_a_broken_connection() -> None:
    async with serving() as (url, _), client_of_ours() as client:
        assert (await client.get(f"{url}/fail")).status_code == 500
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            await client.get(f"{url}/hang")
        assert (await client.get(f"{url}/page")).status_code == 200


async def test_server_sends_100_continue() -> None:
    async with serving() as (url, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write(b"POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 100")
        await reader.readline()
        writer.write(b"y=1")
        assert (await reader.readline()).startswith(b"HTTP/1.1 201")
        writer.close()
        await writer.wait_closed()


async def test_server_closes_a_connection_that_is_not_http() -> None:
    async with serving() as (url, _), client_of_ours() as client:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write(b"hello there\r\n\r\n")
        with suppress(ConnectionResetError):
            assert await reader.read() == b""
        writer.close()
        assert (await client.get(f"{url}/page")).status_code == 200


async def test_fetch_returns_the_response() -> None:
    async with serving() as (url, _):
        answer = await fetch("POST", f"{url}/echo/z", body=b"a=1", headers={"X-Test": "1"})
        assert answer.status == 201
        assert b'"form": {"a": ["1"]}' in answer.body
        assert (await fetch("GET", f"{url}/count")).body == b"012"


@pytest.mark.parametrize("path", ["/hang", "/nowhere"])
async def test_fetch_raises_without_a_response(path: str) -> None:
    async with serving() as (url, _):
        address = f"{url}{path}" if path == "/hang" else "http://127.0.0.1:9/"
        with pytest.raises(UnansweredError):
            await fetch("GET", address)
    with pytest.raises(UnansweredError):
        await fetch("GET", "not an address")


async def test_connection_stays_open_between_requests() -> None:
    async with serving() as (url, server):
        connection = Connection()
        for _ in range(3):
            assert (await connection.fetch("POST", f"{url}/echo/z", body=b"a=1")).status == 201
        assert server.connections_made == 1
        with pytest.raises(UnansweredError):
            await connection.fetch("GET", f"{url}/hang")
        assert (await connection.fetch("GET", f"{url}/page")).status == 200
        connection.close()


async def test_connection_is_opened_again_if_the_server_has_closed_it() -> None:
    connection, router = Connection(), Router()
    router.add("GET", "/page", _page)
    port = 0
    for _ in range(2):
        server = Server(router)
        port = await server.start("127.0.0.1", port)
        assert (await connection.fetch("GET", f"http://127.0.0.1:{port}/page")).status == 200
        await server.close()
    with pytest.raises(UnansweredError):
        await connection.fetch("GET", f"http://127.0.0.1:{port}/page")
