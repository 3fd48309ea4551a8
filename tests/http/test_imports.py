"""The HTTP package imports neither Django nor the package of Strava's client, and only its transport imports httpx."""

import subprocess
import sys
from pathlib import Path

import strava_live.http

PACKAGE = Path(strava_live.http.__file__).parent


def test_package_loads_without_django_and_strava() -> None:
    names = [f"strava_live.http.{path.stem}" for path in PACKAGE.glob("*.py") if path.stem != "__init__"]
    code = f"import sys, {', '.join(names)}; sys.exit(bool({{'django', 'strava_live.strava'}} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=PACKAGE.parents[1]).returncode == 0


def test_only_the_transport_imports_httpx() -> None:
    importing = [path.name for path in PACKAGE.parent.rglob("*.py") if "import httpx" in path.read_text()]
    assert importing == ["transport.py"]
