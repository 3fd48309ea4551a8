"""The package of the client for push services imports neither Django nor the package of Strava's client."""

import subprocess
import sys
from pathlib import Path

import strava_live.push_client

PACKAGE = Path(strava_live.push_client.__file__).parent


def test_package_loads_without_django_and_strava() -> None:
    names = [f"strava_live.push_client.{path.stem}" for path in PACKAGE.glob("*.py") if path.stem != "__init__"]
    code = f"import sys, {', '.join(names)}; sys.exit(bool({{'django', 'strava_live.strava'}} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=PACKAGE.parents[1]).returncode == 0
