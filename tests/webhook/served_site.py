"""The site's webhook on a real port, served by a thread of the test's process, so that the stand-in can call it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import httpx

from simulators.http import Request, Response, Server
from site_config.asgi import application


class ServedSite:
    """A site that answers its webhook's address. `instead` is an answer that a proxy in front of a site might give."""

    def __init__(self, url: str = "") -> None:
        self.url = url
        self.instead: Response | None = None

    async def handle(self, request: Request) -> Response:
        if self.instead is not None:
            return self.instead
        transport = httpx.ASGITransport(app=cast(Any, application))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            answer = await client.request(request.method, request.path, params=request.query, content=request.body)
        return Response(answer.content, status=answer.status_code, content_type=answer.headers["content-type"])


@contextmanager
def served_site() -> Iterator[ServedSite]:
    site, loop = ServedSite(), asyncio.new_event_loop()
    server = Server(site.handle)
    site.url = f"http://127.0.0.1:{loop.run_until_complete(server.start('127.0.0.1', 0))}"
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield site
    finally:
        asyncio.run_coroutine_threadsafe(server.close(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
