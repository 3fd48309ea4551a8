"""The setting FIELD_KEYS is lost: encrypted columns cannot be read, and every page must still work."""

import asyncio
from typing import Any

from cryptography.fernet import Fernet

from bench.attacks.target import Target, must
from tests.live.visitor import Visitor


def lost_keys(target: Target) -> str:
    """Open every page of a web process with another key: as a captain, as an athlete with Strava, and signed out."""
    athlete = target.athlete(activities=3)
    site = target.site
    old_keys = site.environment["FIELD_KEYS"]
    site.environment["FIELD_KEYS"] = Fernet.generate_key().decode()
    try:
        web, url = site.start_another_web()
    finally:
        site.environment["FIELD_KEYS"] = old_keys
    try:
        walked = sum(walk(target, url, session) for session in ("signed-out", target.full.session, session_of(athlete)))
        asked = asyncio.run(start_sync(athlete, url))
        must(asked.get("code") == "reconnect_needed", f"a sync was answered with {asked}")
    finally:
        web.terminate()
        web.wait(30)
    return f"{walked} pages, none 500; a sync says: {asked['message']}"


def walk(target: Target, url: str, session: str) -> int:
    """Open every page in a session, and return how many there are."""
    broken = []
    with target.browser(session, url=url) as browser:
        for path in target.paths:
            status = browser.get(path).status_code
            if status >= 500:
                broken.append(f"{path} {status}")
    must(not broken, f"{len(broken)} pages are broken: {', '.join(broken[:6])}")
    return len(target.paths)


def session_of(visitor: Visitor) -> str:
    return str(visitor.jar["sessionid"])


async def start_sync(visitor: Visitor, url: str) -> dict[str, Any]:
    async with visitor.socket(url=url) as talk:
        await talk.next()
        await talk.say("sync.start")
        return await asyncio.wait_for(talk.until("sync.failed", "error", "sync.finished"), 30)
