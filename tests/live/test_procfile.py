"""Deploy to an empty Postgres and an empty Redis with only the steps of docs/deploy.md."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulators.process import StandIn
from tests.live.visitor import Visitor
from tests.live_site import ROOT, LiveSite
from tests.migrated import new_database
from tests.services.redis_server import RedisServer
from tests.strava_of import lift_limits, strava_of

pytestmark = pytest.mark.services

NOT_PUSHED = shutil.ignore_patterns(".git", ".venv", "var", "tests", "bench", ".*cache")


@pytest.fixture
def pushed(tmp_path: Path) -> Path:
    """Copy what a host gets of the repository: no collected files, no database. Compiled modules save time."""
    return Path(shutil.copytree(ROOT, tmp_path / "app", ignore=NOT_PUSHED))


@pytest.fixture
def site(pushed: Path, redis_server: RedisServer, postgres_url: str, stand_in_process: StandIn) -> Iterator[LiveSite]:
    stand_in_process.reset()
    lift_limits(stand_in_process)
    database = new_database(postgres_url)
    settings = {"REDIS_URL": redis_server.url, "DATABASE_URL": database, **strava_of(stand_in_process)}
    site = LiveSite(settings, root=pushed)
    yield site
    site.stop()


def build(site: LiveSite) -> None:
    """Collect static files without config vars, as a host's build does."""
    bare = {name: value for name, value in site.environment.items() if name in {"PATH", "HOME"}}
    command = ["python", "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(command, env=bare, cwd=site.root, check=True)


async def test_site_deployed_by_its_documentation_recognises_and_saves_parkruns(
    site: LiveSite, stand_in_process: StandIn
) -> None:
    strava_id = stand_in_process.add_athlete(years=2)
    build(site)
    site.release()
    site.start("web")
    site.start("worker")
    visitor = Visitor(site.url)
    visitor.sign_up("newcomer")
    visitor.connect_strava(stand_in_process, strava_id)

    async with visitor.socket() as talk:
        visitor.post("/sync/start/", "/sync/")
        ended = await talk.until("sync.finished", "sync.failed")

    run, truth = ended["run"], stand_in_process.given_ids(strava_id)
    assert (ended["type"], run["found"]) == ("sync.finished", len(truth))
    clear = {one["id"] for one in stand_in_process.labels(strava_id) if one["parkrun"] and one["clear"]}
    assert run["saved"] >= 0.9 * len(clear & truth) > 0
    assert "No parkruns yet" not in visitor.get("/parkruns/").text
