"""Draw the site's pictures in static/img/: for link previews (preview.png), home screens and notifications.

    .venv/bin/python -m bin.draw_pictures

They are made of the site's own drawings, fonts and colours, in the browser that the tests use.
"""

from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.services.browser import browser_program

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "static" / "img"
STYLES = ("tokens", "fonts", "base", "brand_mark", "sunrise")

PREVIEW = """
<style>
  body {{ margin: 0; width: 1200px; height: 630px; overflow: hidden; position: relative; color-scheme: light; }}
  .sunrise {{ position: absolute; top: 0; left: 0; width: 1780px; max-width: none; height: 800px; }}
  .words {{ position: absolute; inset: 70px auto auto 76px; font-family: var(--font-display); color: var(--ink); }}
  .words b {{ display: block; font-size: 112px; font-weight: 850; line-height: 0.98; letter-spacing: -0.03em; }}
  .board {{ position: absolute; left: 76px; bottom: 64px; margin: 0; display: flex; gap: 44px; align-items: center;
    padding: 26px 40px; border-radius: 28px; background: #0f1f19; color: #ecf3ee; font-family: var(--font-display); }}
  .board b {{ display: block; font-size: 46px; line-height: 1.1; }}
  .board i {{ font-family: var(--font-text); font-style: normal; font-size: 28px; color: #a9bdb2; }}
  .board em {{ font-style: normal; font-weight: 800; font-size: 76px; color: #ffcb52; line-height: 1; }}
</style>
{sunrise}
<p class="words"><b>Your club’s</b><b>parkruns, live.</b></p>
<p class="board"><span><b>Maya K.</b><i>her 50th parkrun</i></span><em>31:24</em></p>
"""
TOUCH_ICON = """
<style>
  body {{ margin: 0; background: linear-gradient(#14573f 70%, #8fd0aa 70%); }}
  .brand-mark {{ display: block; width: 180px; height: 180px; }}
</style>
{mark}
"""
MASKABLE = """
<style>
  body {{ margin: 0; }}
  svg {{ display: block; width: 100vw; height: 100vh; }}
</style>
{drawing}
"""
ICON = """
<style>
  html, body {{ margin: 0; background: transparent; }}
  .brand-mark {{ display: block; width: 100vw; height: 100vh; }}
</style>
{mark}
"""
BADGE = """
<style>html, body { margin: 0; background: transparent; }</style>
<svg viewBox="4 8 56 56" width="96" height="96" fill="none" stroke="#fff" stroke-width="5" stroke-linecap="round">
  <path d="M9 42a23 23 0 0 1 46 0M19 42a13 13 0 0 1 26 0M8 54h48" />
  <circle cx="32" cy="42" r="6" fill="#fff" stroke="none" />
</svg>
"""
"""What Android shows in the status bar: only the shape counts, not the colour."""


def page_with(body: str) -> str:
    """Return an HTML page with the site's styles."""
    styles = "".join((ROOT / "static" / "css" / f"{name}.css").read_text() for name in STYLES)
    fonts = (ROOT / "static" / "vendor").as_uri()
    return f"<!DOCTYPE html><style>{styles.replace('../vendor', fonts)}</style>{body}"


def drawing(name: str) -> str:
    """Return the SVG of a template."""
    return (ROOT / "templates" / name).read_text()


def draw(folder: Path) -> None:
    mark = drawing("_mark.html")
    maskable = MASKABLE.format(drawing=(IMAGES / "maskable.svg").read_text())
    pictures = {
        "preview.png": (PREVIEW.format(sunrise=drawing("_sunrise.html")), 1200, 630),
        "touch-icon.png": (TOUCH_ICON.format(mark=mark), 180, 180),
        "icon-192.png": (ICON.format(mark=mark), 192, 192),
        "icon-512.png": (ICON.format(mark=mark), 512, 512),
        "maskable-192.png": (maskable, 192, 192),
        "maskable-512.png": (maskable, 512, 512),
        "badge.png": (BADGE, 96, 96),
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_program(), args=["--no-sandbox"])
        for name, (body, width, height) in pictures.items():
            source = folder / f"{name}.html"
            source.write_text(page_with(body))
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(source.as_uri())
            page.evaluate("document.fonts.ready")
            page.screenshot(path=folder / name, omit_background=True)
            source.unlink()
        browser.close()


if __name__ == "__main__":
    draw(IMAGES)
