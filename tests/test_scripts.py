"""static/js: every page's script can be joined with the modules that it imports, and then works the same."""

import re
from pathlib import Path

import pytest
from django.template import Context, Template
from pytest_django.fixtures import Settings

from site_config.joined_modules import Modules, joined_script
from site_config.staticfiles import SCRIPTS

ROOT = Path(__file__).parent.parent
STATIC = ROOT / "static"
STATE = re.compile(r"^(?:let |const \w+ = (?:new (?:Map|Set|WeakMap)|\[|\{))", re.MULTILINE)


def read(name: str) -> str:
    return (STATIC / name).read_text()


def modules_of(script: str) -> set[str]:
    modules = Modules(read)
    modules.body_of(script)
    return set(modules.exports)


def test_each_script_that_a_page_names_is_joined() -> None:
    templates = [path.read_text() for path in (ROOT / "templates").rglob("*.html")]
    named = {name for text in templates for name in re.findall(r'\{% module "([^"]+)" %\}', text)}

    assert named == set(SCRIPTS)


@pytest.mark.parametrize("name", SCRIPTS)
def test_joined_script_imports_nothing(name: str) -> None:
    joined = joined_script(name, read)

    assert not re.search(r"^\s*(?:import|export)\b|\bimport\(", joined, re.MULTILINE)


def test_modules_of_two_scripts_of_one_page_keep_no_state() -> None:
    """Modules that page.js and a page's own script both import exist twice on the page once the scripts are joined."""
    shared = {one for name in SCRIPTS if name != "js/page.js" for one in modules_of(name) & modules_of("js/page.js")}

    assert shared
    assert not [one for one in shared if STATE.search(read(one))]


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("name", SCRIPTS)
def test_page_asks_for_all_that_its_script_imports_at_once(settings: Settings, name: str, debug: bool) -> None:
    """In development the page preloads every module, in production the one file that they are joined to."""
    settings.DEBUG = debug

    tags = Template(f'{{% module "{name}" %}}').render(Context())

    preloaded = re.findall(r'<link rel="modulepreload" href="/static/([^"]+)">', tags)
    assert set(preloaded) == (modules_of(name) if debug else {name})
    assert len(preloaded) == len(set(preloaded))
    assert tags.endswith(f'<script type="module" src="/static/{name}"></script>')
