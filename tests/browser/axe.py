"""Check a page with axe, as people with a screen reader or low vision meet it."""

from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE = Axe().axe_script
RUN = "([part, options]) => axe.run(part, options).then((found) => found.violations)"
GRAVE = ("serious", "critical")
ONLY_VIOLATIONS = {"resultTypes": ["violations"], "preload": False, "selectors": False}
ONLY_COLOURS = {**ONLY_VIOLATIONS, "runOnly": ["color-contrast", "link-in-text-block"]}
"""Options of axe for the rules that depend on colours, which are a fraction of the work."""
OPTIONS: dict[Literal["light", "dark"], dict[str, Any]] = {"light": ONLY_VIOLATIONS, "dark": ONLY_COLOURS}
"""The colour schemes, and what axe checks in each."""

LAY_OUT_ALL_CARDS = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(".entry { content-visibility: visible !important; }");
  document.adoptedStyleSheets.push(sheet);
}"""
"""Axe skips what is off the screen and therefore not laid out."""


def findings_by_scheme(page: Page) -> dict[str, list[str]]:
    """Return what axe finds serious in light and in dark. In dark it checks the colours only: the rest is the same."""
    found = {}
    for scheme, options in OPTIONS.items():
        page.emulate_media(color_scheme=scheme)
        found[scheme] = grave_findings(page, options=options)
    return {scheme: faults for scheme, faults in found.items() if faults}


def grave_findings(page: Page, part: str = "html", options: dict[str, Any] | None = None) -> list[str]:
    """Return what axe finds serious in a part of the page: the rule, what to do, and the elements."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
        page.evaluate(LAY_OUT_ALL_CARDS)
    found = page.evaluate(RUN, [part, options or ONLY_VIOLATIONS])
    return [
        f"{page.url} {one['id']}: {one['help']}: {[node['html'][:120] for node in one['nodes']]}"
        for one in found
        if one["impact"] in GRAVE
    ]
