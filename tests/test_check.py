"""bin/check finds mistakes. Each test makes one mistake in a copy of the project."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.services

BARE_ROUTE = """

@router.get("/bare")
def read_bare(request: ApiRequest) -> HttpResponse:
    return no_content()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the files that git knows, with the same installed tools."""
    copy = tmp_path / "project"
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True
    )
    for name in tracked.stdout.decode().split("\0"):
        if name and (ROOT / name).exists():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    (copy / ".venv").symlink_to(ROOT / ".venv")
    if (ROOT / ".mypy_cache").exists():  # with the cache, mypy checks only the changed file
        shutil.copytree(ROOT / ".mypy_cache", copy / ".mypy_cache")
    return copy


def check(project: Path, step: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["bin/check", step], cwd=project, capture_output=True, text=True)


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text() + text)


def test_import_against_the_layers_fails(project: Path) -> None:
    append(project / "strava_live/accounts/people.py", "\nfrom strava_live.web import home  # noqa: E402\n")

    done = check(project, "imports")

    assert done.returncode != 0
    assert "strava_live.accounts is not allowed to import strava_live.web" in done.stdout


def test_missing_migration_fails(project: Path) -> None:
    models = project / "strava_live/accounts/models.py"
    models.write_text(models.read_text().replace("max_length=40", "max_length=41"))

    done = check(project, "migrations")

    assert done.returncode != 0
    assert "Alter field time_zone on user" in done.stdout


def test_untyped_function_fails(project: Path) -> None:
    leaf = project / "strava_live/management/commands/rekey.py"  # no module imports it, so mypy rechecks only this file
    append(leaf, "\n\ndef untyped(who):\n    return who\n")

    done = check(project, "types")

    assert done.returncode != 0
    assert "Function is missing a type annotation" in done.stdout


def test_print_left_behind_fails(project: Path) -> None:
    append(project / "strava_live/accounts/people.py", '\n\nprint("here")\n')

    done = check(project, "lint")

    assert done.returncode != 0
    assert "T201" in done.stdout


def test_script_that_calls_what_it_does_not_import_is_red(project: Path) -> None:
    append(project / "static/js/copy.js", '\nannounce("Copied");\n')

    done = check(project, "lint")

    assert done.returncode != 0
    assert "static/js/copy.js" in done.stdout
    assert "'announce' is not defined" in done.stdout


def test_stale_openapi_file_is_red(project: Path) -> None:
    posts = project / "strava_live/api/posts.py"
    posts.write_text(posts.read_text().replace("Post to a club's feed", "Write to a club's feed"))

    done = check(project, "openapi")

    assert done.returncode != 0
    assert "docs/openapi.json is stale" in done.stderr


def test_route_that_is_not_described_is_red(project: Path) -> None:
    append(project / "strava_live/api/posts.py", BARE_ROUTE)

    done = check(project, "openapi")

    assert done.returncode != 0
    assert "GET /api/v1/bare has no summary" in done.stderr
    assert "GET /api/v1/bare has no shape of its answer 200" in done.stderr
    assert "stale" not in done.stderr
