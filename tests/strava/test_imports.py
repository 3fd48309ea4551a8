"""The package of Strava's client does not import Django."""

import subprocess
import sys
from pathlib import Path

import strava_live.strava

PACKAGE = Path(strava_live.strava.__file__).parent


def test_package_loads_without_django() -> None:
    names = [f"strava_live.strava.{path.stem}" for path in PACKAGE.glob("*.py") if path.stem != "__init__"]
    code = f"import sys, {', '.join(names)}; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=PACKAGE.parents[1]).returncode == 0
