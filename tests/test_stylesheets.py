"""static/css: each file is in one list, a page links the lists that it needs, every class is styled and used."""

import re
from pathlib import Path

import pytest

from site_config.staticfiles import IMPORT, STYLESHEETS, joined_stylesheet

ROOT = Path(__file__).parent.parent
STATIC = ROOT / "static"
CSS = STATIC / "css"
LISTS = {Path(name).name for name in STYLESHEETS}
TEMPLATES = {path: path.read_text() for path in sorted((ROOT / "templates").rglob("*.html"))}
CODE = "\n".join(
    path.read_text() for folder, kind in ((STATIC / "js", "*.js"), (ROOT / "strava_live", "*.py"))
    for path in sorted(folder.rglob(kind))
)  # fmt: skip
CLASS_NAME = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
IN_TEMPLATE = re.compile(r"""class="((?:\{[{%].*?[%}]\}|[^"{])*)\"""")
IN_CODE = re.compile(r"""(?:className = |classList\.(?:add|remove|toggle)\()["`]([\w -]+?)["`]""")
DJANGOS_OWN = {"errorlist"}  # the list of a field's errors


def styled() -> set[str]:
    """Return every class in a selector. Comments, and values such as `0.5rem`, are not taken for selectors."""
    found: set[str] = set()
    for path in CSS.glob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
        for selector in re.findall(r"([^{};]+)\{", text):
            if not selector.strip().startswith("@"):
                found.update(CLASS_NAME.findall(selector))
    return found


def named() -> set[str]:
    """Return every class that a template, a Python module or a script writes out in full."""
    found: set[str] = set()
    for text in TEMPLATES.values():
        for names in IN_TEMPLATE.findall(text):
            whole = re.sub(r"\{%.*?%\}", " ", re.sub(r"[\w-]*\{\{.*?\}\}[\w-]*", " ", names))
            found.update(whole.split())
    for names in IN_CODE.findall(CODE):
        found.update(names.split())
    return found


def named_in_part(name: str) -> bool:
    """Return whether a page may build the class `name` from a beginning and a value, or pass it to a template."""
    pages = "\n".join(TEMPLATES.values()) + CODE
    parts = name.split("-")
    beginnings = ["-".join(parts[:count]) + "-" for count in range(1, len(parts))]
    if any(f"{start}{{{{" in pages or f"{start}${{" in pages for start in beginnings):
        return True
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", pages) is not None


def test_each_stylesheet_is_in_a_list() -> None:
    listed = {found["name"] for name in LISTS for found in IMPORT.finditer((CSS / name).read_text())}

    assert listed == {path.name for path in CSS.glob("*.css")} - LISTS


def test_pages_link_the_lists_that_they_need() -> None:
    linked = {path: re.findall(r"css/\w+\.css", text) for path, text in TEMPLATES.items() if "css/" in text}

    assert {path.name: names for path, names in linked.items()} == {
        "base.html": ["css/site.css"],
        **{f"{name}.html": ["css/site_about.css"] for name in ("docs", "privacy", "status")},
        **{f"{name}.html": ["css/site_messages.css"] for name in ("conversation", "conversations")},
        **{
            f"{name}.html": ["css/site_bucket.css"]
            for name in ("bucket", "not_set_up", "property", "remove", "settings")
        },
        "_head.html": ["css/wall.css"],
    }


def test_each_class_that_is_used_is_styled() -> None:
    assert sorted(named() - styled()) == []


def test_each_class_that_is_styled_is_used() -> None:
    assert sorted(name for name in styled() - named() - DJANGOS_OWN if not named_in_part(name)) == []


@pytest.mark.parametrize("name", STYLESHEETS)
def test_list_is_served_as_one_file(name: str) -> None:
    joined = joined_stylesheet(name, lambda one: (STATIC / one).read_text())

    assert "@import" not in joined
    assert joined.count("{") == joined.count("}")
    if name in {"css/site.css", "css/wall.css"}:
        assert all("@font-face" in joined and text in joined for text in (".brand-mark {", 'url("../vendor/'))


def test_layers_are_named_in_the_order_in_which_they_win() -> None:
    text = (CSS / "site.css").read_text()
    order = re.search(r"^@layer (.+);$", text, re.MULTILINE)
    assert order is not None

    used = [found["layer"] for found in IMPORT.finditer(text)]

    assert list(dict.fromkeys(used)) == order[1].split(", ")
