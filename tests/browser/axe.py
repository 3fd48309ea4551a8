"""Check a page with axe, as people with a screen reader or low vision meet it."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE = ("serious", "critical")


def grave_findings(page: Page, part: str = "html") -> list[str]:
    """Return what axe finds serious in a part of the page: the rule, what to do, and the elements."""
    found = Axe().run(page, context=part).response["violations"]
    return [
        f"{page.url} {one['id']}: {one['help']}: {[node['html'][:120] for node in one['nodes']]}"
        for one in found
        if one["impact"] in GRAVE
    ]
