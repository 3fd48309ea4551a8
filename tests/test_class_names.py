"""One name stands for one class in the whole application, so that a name says which class is meant."""

import ast
from collections import defaultdict
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "strava_live"


def is_named_by_django(name: str, path: Path) -> bool:
    folder = path.parent.name
    return name == "Meta" or (name, folder) in (("Command", "commands"), ("Migration", "migrations"))


def test_class_names_are_unique() -> None:
    places = defaultdict[str, list[str]](list)
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not is_named_by_django(node.name, path):
                places[node.name].append(f"{path.relative_to(PACKAGE)}:{node.lineno}")

    assert len(places) > 200
    assert {name: found for name, found in places.items() if len(found) > 1} == {}
