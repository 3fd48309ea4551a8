"""The examples of docs/api.md: what to run, and the output that stands below it."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs/api.md"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUNNABLE = ("sh", "python", "js")


@dataclass(frozen=True)
class DocsExample:
    line: int
    """Where its fence begins on the page."""
    language: str
    code: str
    output_language: str = ""
    """`json` or `text`; "" if no output stands below the example."""
    output: str = ""

    def __str__(self) -> str:
        return f"line {self.line}"


def examples_in(*languages: str) -> list[DocsExample]:
    """Return the page's examples in these languages, in order."""
    page = PAGE.read_text()
    fences = list(FENCE.finditer(page))
    found = []
    for fence, below in zip(fences, [*fences[1:], None], strict=True):
        if fence[1] in languages:
            output = below.groups() if below and below[1] not in RUNNABLE else ()
            found.append(DocsExample(page.count("\n", 0, fence.start()) + 1, *fence.groups(), *output))
    return found


def check_output(example: DocsExample, output: str) -> None:
    """Fail if an example has printed something else than what stands below it.

    JSON must have the same shape: the same fields with values of the same types. In text, … stands for any text.
    """
    if example.output_language == "json":
        assert shape_of(json.loads(output)) == shape_of(json.loads(example.output)), output
    elif example.output_language:
        expected = re.escape(example.output.strip()).replace("…", ".+")
        assert re.fullmatch(expected, output.strip()), output


def shape_of(value: Any) -> Any:
    """Return a value with the name of its type in place of each text, number and so on, and one item of each list."""
    if isinstance(value, dict):
        return {name: shape_of(part) for name, part in value.items()}
    if isinstance(value, list):
        return [shape_of(part) for part in value[:1]]
    return type(value).__name__
