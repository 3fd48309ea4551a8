"""Connections with an expired access token, processes that request it, and the stand-in's counts of their refreshes."""

import json
import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from simulators.process import StandIn
from strava_live.accounts.encryption import Secret
from strava_live.accounts.models import StravaConnection, User
from tests.live_site import LiveSite
from tests.patience import PATIENCE_S
from tests.site_process import SiteProcess


def connect(user: User, stand_in: StandIn, **changes: Any) -> StravaConnection:
    strava_id = stand_in.add_athlete(activities=3)
    granted = stand_in.grant(strava_id)
    stand_in.expire_tokens(strava_id)
    fields = {"expires_at": timezone.now() - timedelta(seconds=1)} | changes
    return StravaConnection.objects.create(
        user=user,
        strava_id=strava_id,
        access_token=Secret.of(granted["access_token"]),
        refresh_token=Secret.of(granted["refresh_token"]),
        scopes="read,activity:read",
        **fields,
    )


def refresh_calls(stand_in: StandIn) -> int:
    """Return the number of refresh calls, including held and refused ones."""
    return int(stand_in.stats()["calls"].get("refresh", 0))


def refreshes(stand_in: StandIn) -> int:
    return int(stand_in.stats()["tokens"]["refreshes"])


def dead_tokens(stand_in: StandIn) -> int:
    return int(stand_in.stats()["tokens"]["dead_refresh_tokens_presented"])


def keep_connection(site: LiveSite, strava_id: int, granted: dict[str, Any]) -> None:
    """Create a connection with an expired token in the database of a separate site."""
    site.manage(
        "shell",
        "--verbosity",
        "0",
        "-c",
        "from datetime import UTC, datetime\n"
        "from strava_live.accounts.connections import connect_strava\n"
        "from strava_live.accounts.models import User\n"
        "from strava_live.strava.payloads import Tokens\n"
        f"pair = {granted['access_token']!r}, {granted['refresh_token']!r}\n"
        "tokens = Tokens(*pair, datetime(2020, 1, 1, tzinfo=UTC))\n"
        f"connect_strava(User.objects.create(username='alva'), strava_id={strava_id}, tokens=tokens, scopes='read')\n",
    )


def stored_token(site: LiveSite, strava_id: int) -> str:
    code = (
        "from strava_live.accounts.models import StravaConnection\n"
        f"print(StravaConnection.objects.get(strava_id={strava_id}).access_token.reveal())"
    )
    return site.manage("shell", "--verbosity", "0", "-c", code).strip()


@dataclass
class AskingProcess:
    """A process of a site in which coroutines request an athlete's token (ask_for_tokens)."""

    process: SiteProcess
    printed: Path
    log: Path

    def tokens(self) -> list[str]:
        """Wait for the end of the process, and return the tokens that the coroutines got."""
        assert self.process.wait(PATIENCE_S) == 0, self.log.read_text()
        tokens: list[str] = json.loads(self.printed.read_text().splitlines()[-1])
        return tokens


def start_asking(site: LiveSite, strava_id: int, times: int, folder: Path) -> AskingProcess:
    """Start a process that requests the token `times` times at once. `folder` is for its output, and is created."""
    folder.mkdir()
    printed, log = folder / "printed", folder / "log"
    with Path(os.devnull).open() as nothing, printed.open("w") as out, log.open("w") as errors:
        process = site.start_process(
            f"python -m tests.accounts.ask_for_tokens {strava_id} {times}",
            env=site.environment,
            cwd=site.root,
            stdin=nothing.fileno(),
            stdout=out.fileno(),
            stderr=errors.fileno(),
        )
    return AskingProcess(process, printed, log)
