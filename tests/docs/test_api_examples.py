"""Every example of docs/api.md runs as it is written, on a real site, and prints what stands below it.

The example for a browser is in tests/browser/test_api_docs.py.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.docs.examples import FENCE, PAGE, RUNNABLE, DocsExample, check_output, examples_in, shape_of
from tests.live.founding import found_club
from tests.live_site import LiveSite
from tests.patience import PATIENCE_S

PROGRAMS = {"sh": ("sh", "-ec"), "python": (sys.executable, "-c")}


@pytest.fixture(scope="module")
def variables(shared_site: LiveSite) -> Mapping[str, str]:
    """The environment of the examples: the site, a club with two members, and a token and a session of one of them."""
    club = found_club(shared_site)
    code = f"""
from strava_live.api_tokens.tokens import make_token
from strava_live.social.posts import add_post
for number in range(60):
    add_post({club.members[1]}, {club.pk}, f"Lap {{number}}")
print(make_token({club.members[0]}, name="Examples", scope="write")[1])
"""
    token = shared_site.manage("shell", "-v", "0", "-c", code).strip()
    own = {"SITE": shared_site.url, "CLUB": club.slug, "TOKEN": token, "SESSION": club.sessions[0]}
    return {"PATH": os.environ["PATH"], **own}


@pytest.mark.services
@pytest.mark.parametrize("example", examples_in("sh", "python"), ids=str)
def test_example_runs(example: DocsExample, variables: Mapping[str, str], tmp_path: Path) -> None:
    if example.language == "sh" and shutil.which("curl") is None:
        pytest.skip("needs curl")
    command = [*PROGRAMS[example.language], example.code]
    done = subprocess.run(command, env=variables, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE_S)

    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout.strip()
    check_output(example, done.stdout)


def test_every_fence_is_run_or_is_an_output() -> None:
    languages = [language for language, _ in FENCE.findall(PAGE.read_text())]

    assert set(languages) == {*RUNNABLE, "json", "text"}
    assert PAGE.read_text().count("\n```") == 2 * len(languages)


@pytest.mark.parametrize(
    ("output", "same"),
    [
        ('{"a": 2, "b": ["y"]}', True),
        ('{"a": 2}', False),
        ('{"a": "2", "b": ["y"]}', False),
        ('{"a": 2, "b": []}', False),
    ],
)
def test_output_is_compared_by_its_shape(output: str, same: bool) -> None:
    example = DocsExample(1, "sh", "true", "json", '{"a": 1, "b": ["x", "z"]}')

    if same:
        check_output(example, output)
    else:
        with pytest.raises(AssertionError):
            check_output(example, output)


def test_shape_of_a_list_is_that_of_its_first_item() -> None:
    assert shape_of([{"a": 1.5}, {"a": None}]) == [{"a": "float"}]
