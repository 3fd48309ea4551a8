"""A site's callback for webhook events, which notes what it gets and answers as a test says."""

import asyncio
import json
import threading
import time
from collections.abc import Callable
from typing import Any

from simulators.http import Request, Response, Server, json_response
from tests.patience import PATIENCE_S


class Callback:
    """A server in a thread that receives events. It answers with the statuses in `answers`, then with 200."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answers: list[int] = []
        self.challenge_status, self.echo, self.wait_s = 200, True, 0.0
        self.asked: dict[str, str] = {}
        self._loop = asyncio.new_event_loop()
        self._server = Server(self._handle)
        self.port = self._loop.run_until_complete(self._server.start("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.port}/hook"
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    async def _handle(self, request: Request) -> Response:
        if self.wait_s:
            await asyncio.sleep(self.wait_s)
        if request.method == "GET":
            self.asked = dict(request.query)
            echo = {"hub.challenge": request.query["hub.challenge"] if self.echo else "other"}
            return json_response(echo, status=self.challenge_status)
        self.requests.append(request)
        return Response(status=self.answers.pop(0) if self.answers else 200)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(request.body) for request in self.requests]

    @property
    def connections_made(self) -> int:
        return self._server.connections_made

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._server.close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def until(condition: Callable[[], object]) -> None:
    """Wait until the condition is true."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)
