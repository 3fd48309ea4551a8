"""A browser without its pages: cookies, forms over HTTP, and sockets of a running site."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from simulators.process import StandIn
from tests.passwords import PASSWORD
from tests.patience import PATIENCE_S
from tests.wire_shapes import read_frame

Json = dict[str, Any]


class Visitor:
    def __init__(self, url: str) -> None:
        self.url = url
        self.jar = httpx.Cookies()

    def get(self, path: str, **how: Any) -> httpx.Response:
        return self.ask("GET", path, **how)

    def ask(self, method: str, path: str, **how: Any) -> httpx.Response:
        with httpx.Client(base_url=self.url, timeout=PATIENCE_S, cookies=self.jar) as client:
            answer = client.request(method, path, **how)
            self.jar = client.cookies
        return answer

    def post(self, path: str, page: str = "/accounts/login/", **form: Any) -> httpx.Response:
        """Send a form with the CSRF token of `page`."""
        token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(page).text)[0]
        return self.ask("POST", path, data=form | {"csrfmiddlewaretoken": token}, headers={"Origin": self.url})

    def sign_up(self, username: str) -> None:
        form = {"username": username, "password1": PASSWORD, "password2": PASSWORD}
        answer = self.post("/accounts/signup/", "/accounts/signup/", **form)
        assert answer.status_code == 302, answer.text

    def connect_strava(self, stand_in: StandIn, strava_id: int) -> None:
        self.consent(stand_in, strava_id, self.post("/accounts/strava/login/?process=connect", "/settings/"))

    def sign_in_with_strava(self, stand_in: StandIn, strava_id: int) -> None:
        self.consent(stand_in, strava_id, self.post("/accounts/strava/login/"))

    def consent(self, stand_in: StandIn, strava_id: int, start: httpx.Response) -> None:
        back = urlsplit(stand_in.consent(start.headers["Location"], strava_id))
        assert self.get(f"{back.path}?{back.query}").status_code == 302

    @property
    def cookies(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.jar.items())

    @asynccontextmanager
    async def socket(self, path: str = "/ws/sync/", **headers: str) -> AsyncIterator["Talk"]:
        """Open a socket to the site, or to the process at `url`."""
        url = headers.pop("url", self.url)
        sent = {"Origin": url, "Cookie": self.cookies} | headers
        address = url.replace("http", "ws", 1) + path
        async with connect(address, additional_headers=sent, proxy=None, max_size=None) as connection:
            yield Talk(connection, path)


class Talk:
    """Messages over a socket, one by one."""

    def __init__(self, connection: ClientConnection, path: str) -> None:
        self.connection = connection
        self.path = path
        self.heard: list[Json] = []
        self.waiting: list[Json] = []

    async def say(self, message_type: str, **fields: Any) -> None:
        await self.connection.send(json.dumps({"type": message_type, **fields}))

    async def next(self) -> Json:
        if not self.waiting:
            self.waiting = read_frame(await self.connection.recv(), self.path)
        message = self.waiting.pop(0)
        self.heard.append(message)
        return message

    async def until(self, *types: str) -> Json:
        while (message := await self.next())["type"] not in types:
            pass
        return message

    async def closed(self) -> int | None:
        """Read until the server closes. Return its code."""
        with suppress(ConnectionClosed):
            while True:
                await self.connection.recv()
        return self.connection.close_code

    def items(self) -> dict[int, Json]:
        """Return the activities received so far, each in its last state."""
        items: dict[int, Json] = {}
        for message in self.heard:
            for item in message.get("items", [message["item"]] if "item" in message else []):
                items[item["strava_id"]] = item
        return items
