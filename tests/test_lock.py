"""bin/lock, and the step of bin/check that uses it, with two made-up packages in a folder instead of an index."""

import os
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PYPROJECT = """
[project]
name = "made-up-site"
version = "1.0"
requires-python = ">=3.11"
dependencies = ["made-up-web"]

[dependency-groups]
dev = ["made-up-tests"]
"""
COMPILED = ("requirements.txt", "tests/requirements.txt")


@dataclass
class Project:
    folder: Path
    index: Path

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        shutil.copy(self.folder / COMPILED[1], self.folder / ".venv/installed-tests.txt")  # there is nothing to install
        only_these = {"UV_NO_INDEX": "1", "UV_OFFLINE": "1", "UV_FIND_LINKS": str(self.index), "UV_NO_CONFIG": "1"}
        return subprocess.run(
            command, cwd=self.folder, env=os.environ | only_these, capture_output=True, text=True, check=False
        )

    def compiled(self) -> list[str]:
        return [(self.folder / name).read_text() for name in COMPILED]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project whose requirements are compiled."""
    project = Project(tmp_path / "project", tmp_path / "packages")
    for folder in (project.folder / "tests", project.folder / ".venv", project.index):
        folder.mkdir(parents=True)
    shutil.copytree(ROOT / "bin", project.folder / "bin")
    (project.folder / ".venv/bin").symlink_to(ROOT / ".venv/bin")
    (project.folder / "pyproject.toml").write_text(PYPROJECT)
    for name in COMPILED:
        (project.folder / name).touch()
    add_package(project.index, "made_up_web", "1.0")
    add_package(project.index, "made_up_tests", "1.0")
    done = project.run("bin/lock")
    assert done.returncode == 0, done.stderr
    return project


def add_package(index: Path, name: str, version: str) -> None:
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(index / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


def test_both_files_are_compiled_with_hashes(project: Project) -> None:
    site, tests = project.compiled()

    assert "made-up-web==1.0" in site
    assert "made-up-tests" not in site
    assert "made-up-web==1.0" in tests
    assert "made-up-tests==1.0" in tests
    assert site.count("--hash=sha256:") == 1


def test_compiled_requirements_pass_and_newer_packages_are_taken_only_when_asked(project: Project) -> None:
    before = project.compiled()
    add_package(project.index, "made_up_web", "1.1")

    assert project.run("bin/check", "requirements").returncode == 0
    assert project.compiled() == before

    assert project.run("bin/lock", "--upgrade").returncode == 0
    assert all("made-up-web==1.1" in requirements for requirements in project.compiled())


@pytest.mark.parametrize("name", COMPILED)
def test_stale_requirements_fail(project: Project, name: str) -> None:
    stale = project.folder / name
    stale.write_text(stale.read_text() + "six==1.17.0\n")

    done = project.run("bin/check", "requirements")

    assert done.returncode != 0
    assert f"{name} is stale" in done.stderr


def test_requirement_that_was_never_compiled_fails(project: Project) -> None:
    add_package(project.index, "made_up_news", "1.0")
    (project.folder / "pyproject.toml").write_text(
        PYPROJECT.replace('["made-up-web"]', '["made-up-web", "made-up-news"]')
    )

    done = project.run("bin/check", "requirements")

    assert done.returncode != 0
    assert "made-up-news" in done.stdout
