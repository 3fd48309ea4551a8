"""The Strava room loads without Django."""

import subprocess
import sys
from pathlib import Path

import strava_live.strava

ROOM = Path(strava_live.strava.__file__).parent


def test_room_loads_without_django() -> None:
    names = [f"strava_live.strava.{path.stem}" for path in ROOM.glob("*.py") if path.stem != "__init__"]
    code = f"import sys, {', '.join(names)}; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOM.parents[1]).returncode == 0
