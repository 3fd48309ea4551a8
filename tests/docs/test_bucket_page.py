"""docs/bucket.md names a test for each quirk of Bucket, and the tests that it names exist."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs/bucket.md"
QUIRKS = "web/test_bucket_quirks.py"


def rows() -> list[str]:
    """Return the rows of the page's tables, without their headings."""
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("|")]
    return [line for line in lines if not line.startswith(("|---", "| Bucket | "))]


def named_in(text: str) -> set[tuple[str, str]]:
    """Return the tests that a text names: the file below tests/, and the name."""
    return set(re.findall(r"`([\w/]+\.py)::(\w+)`", text))


def names_of_tests(file: str) -> set[str]:
    tree = ast.parse((TESTS / file).read_text())
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {node.name for node in functions if node.name.startswith("test_")}


def test_each_quirk_names_its_tests() -> None:
    assert len(rows()) > 40
    assert [row for row in rows() if not named_in(row)] == []


def test_each_test_that_is_named_exists() -> None:
    named = named_in(PAGE.read_text())
    files = {file for file, _ in named}

    assert named - {(file, name) for file in files for name in names_of_tests(file)} == set()


def test_each_test_of_quirks_is_named() -> None:
    assert names_of_tests(QUIRKS) - {name for file, name in named_in(PAGE.read_text()) if file == QUIRKS} == set()
