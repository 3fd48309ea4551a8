"""Small HTTP servers for responses that a well-behaved server never sends."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Answer = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def answering(answer: Answer) -> AsyncIterator[str]:
    """Serve HTTP on a free port and give its URL. `answer` gets the head of each request and writes the response."""
    writers: list[asyncio.StreamWriter] = []
    serving: list[asyncio.Task[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        if task := asyncio.current_task():
            serving.append(task)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await answer(head, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # asyncio reports a cancelled task of a server as an error
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()  # close() would wait for a client that no longer reads
        await server.wait_closed()
        for task in serving:
            task.cancel()  # it may be in the middle of a slow answer
        await asyncio.gather(*serving)


def response(body: bytes, *, status: str = "200 OK", headers: str = "", length: int | None = None) -> bytes:
    """Return a complete response. `length` sets a Content-Length that differs from the body's."""
    content_length = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Length: {content_length}\r\n{headers}\r\n".encode() + body
