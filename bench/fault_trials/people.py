"""Users of the site during a fault: a reader, a member who posts, an athlete who imports, and clients of a feed."""

import asyncio
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import httpx
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from bench.fault_trials.seen import Seen
from tests.live.feed_client import FINAL_CODES, FeedClient
from tests.live.founding import FoundClub
from tests.live.visitor import Talk, Visitor

PATIENCE_S = 30.0
"""How long a user waits for an answer. A host's router closes the connection after the same time."""
PAUSE_S = 0.4
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
GOOD_CODES = {1000, 1001, 1013, 4012, 4013}
"""Close codes of sockets that are acceptable during a fault: going away, or try again later."""
# Messages that show an athlete that the import makes progress.
NEWS = {"activities.found", "activity.saved", "sync.started", "sync.progress", "sync.waiting", "sync.finished"}
TRY_AGAIN = {"already_running", "try_again"}
"""Error codes that are acceptable during a fault."""


class Browser:
    """A signed-in user over HTTP. Every answer is noted in `seen`."""

    def __init__(self, url: str, session: str, seen: Seen) -> None:
        self.url, self.seen = url, seen
        self.client = httpx.AsyncClient(base_url=url, timeout=PATIENCE_S, cookies={"sessionid": session})

    async def ask(self, method: str, path: str, *, expected: int, **how: object) -> httpx.Response | None:
        """Return the answer if it is the expected one, else None."""
        began = time.monotonic()
        try:
            answer = await self.client.request(method, path, **how)  # type: ignore[arg-type]
        except httpx.TimeoutException:
            self.seen.bad(f"no answer in {PATIENCE_S:.0f} s", began, wrong=True)
        except httpx.TransportError as error:
            self.seen.bad(type(error).__name__, began, wrong=True)
        else:
            return answer if self.seen.take(answer, began, expected=expected) else None
        return None


class Reader(Browser):
    """A user who opens one page after another."""

    def __init__(self, url: str, club: FoundClub, seen: Seen) -> None:
        super().__init__(url, club.sessions[0], seen)
        self.paths = ["/", f"/clubs/{club.slug}/", "/parkruns/", "/sync/", "/athletes/", "/settings/", "/privacy/"]

    async def live(self) -> None:
        while True:
            for path in self.paths:
                await self.ask("GET", path, expected=200)
                await asyncio.sleep(PAUSE_S)


class Poster(Browser):
    """A member who posts by form and repeats each post until it is accepted."""

    def __init__(self, url: str, club: FoundClub, seen: Seen, *, number: int = 1, pause_s: float = PAUSE_S) -> None:
        super().__init__(url, club.sessions[number], seen)
        self.pause_s = pause_s
        self.path = f"/clubs/{club.slug}/"
        self.accepted: list[tuple[float, str]] = []
        self.stopped = asyncio.Event()

    async def live(self) -> None:
        page = await self.ask("GET", self.path, expected=200)
        found = TOKEN.search(page.text) if page else None
        assert found, "the club's page has a form"
        while not self.stopped.is_set():
            await self.post(f"Coffee at ten? {secrets.token_hex(6)}", found[1])
            await asyncio.sleep(self.pause_s)

    async def post(self, text: str, token: str) -> None:
        form = {"text": text, "ref": secrets.token_hex(8), "csrfmiddlewaretoken": token}
        headers = {"Origin": self.url}
        while True:
            began = time.monotonic()
            if await self.ask("POST", f"{self.path}posts/", expected=302, data=form, headers=headers):
                self.accepted.append((began, text))
                return
            await asyncio.sleep(1)

    def accepted_since(self, at: float) -> set[str]:
        return {text for began, text in self.accepted if began >= at}


class Athlete:
    """An athlete who watches an import, starts it again when it ends, and reconnects when the socket is closed."""

    def __init__(self, visitor: Visitor, seen: Seen) -> None:
        self.visitor, self.seen = visitor, seen

    async def live(self) -> None:
        while True:
            await note_socket(self.seen, self.watch)
            await asyncio.sleep(1)

    async def watch(self) -> int | None:
        async with self.visitor.socket() as talk:
            with suppress(ConnectionClosed):
                await self.listen(talk)
            return talk.connection.close_code

    async def listen(self, talk: Talk) -> None:
        """Note the messages about the import, and start it again when it has ended."""
        began, hello = time.monotonic(), await talk.next()
        run = hello.get("run")
        if run is None or run["state"] not in {"running", "waiting"}:
            await talk.say("sync.start")
        while True:
            began, message = time.monotonic(), await talk.next()
            kind = message["type"]
            if kind in NEWS:
                self.seen.good(kind, began)
            elif kind in {"error", "sync.failed"}:
                known = kind == "error" and message["code"] in TRY_AGAIN
                self.seen.bad(f"{message['code']} “{message['message']}”", began, wrong=not known)
            if kind in {"sync.finished", "sync.failed"} or (kind == "error" and message["code"] == "try_again"):
                await asyncio.sleep(1)
                await talk.say("sync.start")


class Follower(FeedClient):
    """A feed client at one web process that notes how each of its sockets ended."""

    seen: Seen

    async def follow_once(self) -> None:
        async def follow() -> int | None:
            await FeedClient.follow_once(self)
            return self.code

        await note_socket(self.seen, follow)
        await asyncio.sleep(0.5)


def followers(urls: list[str], club: FoundClub, seen: Callable[[int], Seen]) -> list[Follower]:
    """Return a member and a screen for each web process."""
    made = []
    for number, url in enumerate(urls):
        member = Follower(url, f"/ws/clubs/{club.slug}/", club.sessions[2 + number])
        screen = Follower(url, f"/ws/screens/{club.keys[number]}/")
        for one in (member, screen):
            one.seen = seen(number)
            made.append(one)
    return made


async def note_socket(seen: Seen, hold: Callable[[], Awaitable[int | None]]) -> None:
    """Await `hold`, which keeps a socket open and returns its close code. Note how the socket ended."""
    began = time.monotonic()
    try:
        code = await hold()
    except InvalidStatus as error:
        status = error.response.status_code
        seen.bad(f"handshake {status}", began, wrong=status != 503)
    except (OSError, InvalidHandshake, TimeoutError, ConnectionClosed) as error:
        seen.bad(f"socket {type(error).__name__}", began, wrong=True)
    else:
        wrong = code not in GOOD_CODES or code in FINAL_CODES
        seen.bad(f"socket closed {code}", time.monotonic(), wrong=wrong)
