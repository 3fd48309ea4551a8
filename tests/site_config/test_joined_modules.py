"""Modules joined into one file do the same as before. A form of import or export that cannot be joined is refused."""

import re

import pytest

from site_config.joined_modules import CannotJoin, joined_script

PAGE = """/** A page. */

import { greet } from "./lib/greet.js";
import { NAME, twice } from "./words.js";

greet(twice(NAME)); // says it
"""
GREET = """import { twice } from "../words.js";

export async function greet(words) {
  // Shown for a moment.
  await show(`${twice(words)} // not a comment`);
}
"""
WORDS = """/* What is said,
   again and again. */

export const NAME = "Alva";

export function twice(words) {
  return `${words} ${words}`;
}
"""
MODULES = {"js/page.js": PAGE, "js/lib/greet.js": GREET, "js/words.js": WORDS}


def test_each_module_stands_once_and_before_those_that_import_it() -> None:
    joined = joined_script("js/page.js", MODULES.__getitem__)

    assert re.findall(r"^const (\$\S+) = \(\(\) => \{$", joined, re.MULTILINE) == ["$js$words", "$js$lib$greet"]
    assert "return { NAME, twice };\n})();" in joined
    assert joined.endswith(
        "const { greet } = $js$lib$greet;\n"
        "const { NAME, twice } = $js$words;\n"
        "\n"
        "greet(twice(NAME)); // says it\n"
    )  # fmt: skip


def test_comments_of_whole_lines_are_left_out() -> None:
    joined = joined_script("js/page.js", MODULES.__getitem__)

    assert not [words for words in ("A page.", "again and again", "Shown for a moment") if words in joined]
    assert "// not a comment`" in joined


def test_comment_ends_where_it_ends() -> None:
    text = "/* one */ first();\nsecond();\n/* two */\nthird();\n"

    assert joined_script("js/page.js", {"js/page.js": text}.__getitem__) == (
        "/* one */ first();\nsecond();\nthird();\n"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('import "./words.js";\n', 'import "./words.js";'),
        ('import * as words from "./words.js";\n', "import * as words"),
        ('import { twice as two } from "./words.js";\n', "twice as two"),
        ("export default function () {}\n", "export default"),
        ("export let count = 0;\n", "export let count"),
        ('import { thrice } from "./words.js";\n', "imports thrice, which js/words.js does not export"),
        ('import { greet } from "./lib/around.js";\n', "js/page.js → js/lib/around.js → js/page.js"),
    ],
)
def test_what_could_not_be_joined_is_refused(text: str, why: str) -> None:
    around = 'import { page } from "../page.js";\n\nexport function greet() {}\n'
    modules = MODULES | {"js/page.js": text, "js/lib/around.js": around}

    with pytest.raises(CannotJoin, match=re.escape(why)):
        joined_script("js/page.js", modules.__getitem__)
