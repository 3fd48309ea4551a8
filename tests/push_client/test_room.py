"""The room of the client for push services loads without Django and without Strava."""

import subprocess
import sys
from pathlib import Path

import strava_live.push_client

ROOM = Path(strava_live.push_client.__file__).parent


def test_room_loads_without_django_and_strava() -> None:
    names = [f"strava_live.push_client.{path.stem}" for path in ROOM.glob("*.py") if path.stem != "__init__"]
    code = f"import sys, {', '.join(names)}; sys.exit(bool({{'django', 'strava_live.strava'}} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOM.parents[1]).returncode == 0
