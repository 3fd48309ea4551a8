"""Reading a club's feed: entries that arrive or disappear never move the card being read."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.club_site import ClubSite, delete_post, eventually, ids, reply, text_in_feed, write
from tests.browser.page_weight import MOST_BYTES, weight_of

pytestmark = [pytest.mark.services, pytest.mark.browser]

TOP_VISIBLE_ENTRY = """() => {
  const entry = Array.from(document.querySelectorAll(".entry")).find((card) => card.getBoundingClientRect().top >= 100);
  return [entry.dataset.id, Math.round(entry.getBoundingClientRect().top)];
}"""
WATCH_SHIFTS = """
  window.shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
"""
# Count the cards that change from now on, and the calls of getBoundingClientRect, which force a layout.
COUNT_WORK = """() => {
  const work = (window.work = { cards: new Set(), measured: 0 });
  const { getBoundingClientRect } = Element.prototype;
  Element.prototype.getBoundingClientRect = function () {
    work.measured += 1;
    return getBoundingClientRect.call(this);
  };
  const cardOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(".entry");
  new MutationObserver((changes) => {
    for (const { target, addedNodes, removedNodes } of changes) {
      for (const node of [target, ...addedNodes, ...removedNodes]) if (cardOf(node)) work.cards.add(cardOf(node));
    }
  }).observe(document.body, { attributes: true, characterData: true, childList: true, subtree: true });
}"""
WORK = "() => [window.work.cards.size, window.work.measured]"


def test_new_posts_do_not_move_the_entry_being_read(browser: Browser, club: ClubSite) -> None:
    club.run(f"add_entries({club.club.pk}, {club.club.members[2]}, 40)")
    alva, bruno = club.feed(browser, 0), club.feed(browser, 1)
    before = scroll_down(alva, 900)

    for number in range(3):
        write(bruno, f"New {number}")
        expect(text_in_feed(bruno, f"New {number}")).to_be_visible()

    button = alva.get_by_role("button", name="Show 3 new")
    expect(button).to_be_visible()
    assert alva.evaluate(TOP_VISIBLE_ENTRY) == before
    expect(text_in_feed(alva, "New 0")).to_have_count(0)
    delete_post(bruno, "New 1")
    expect(alva.get_by_role("button", name="Show 2 new")).to_be_visible()

    alva.get_by_role("button", name="Show 2 new").click()
    expect(alva.locator(".entry-text").first).to_have_text("New 2")
    expect(alva.locator(".entry-text").nth(1)).to_have_text("New 0")
    expect(button).to_be_hidden()
    assert alva.evaluate("scrollY") < 200


@pytest.mark.parametrize("width", [360, 1440])
def test_page_does_not_move_when_its_fonts_arrive_late(browser: Browser, club: ClubSite, width: int) -> None:
    """The page is a captain's, which has the longest header, with a card of each size."""
    club.run(f"make_captain({club.club.members[0]}); add_entries({club.club.pk}, {club.club.members[0]}, 5)")
    club.add_parkrun(1, before=49)
    club.share(1)
    page = club.context(browser, 0, viewport={"width": width, "height": 800}).new_page()
    page.add_init_script(WATCH_SHIFTS)
    fonts: list[Route] = []

    def hold_font(route: Route) -> None:
        fonts.append(route)

    page.route("**/*.woff2", hold_font)
    page.goto(club.site.url + club.path, wait_until="domcontentloaded")
    expect(page.locator("[data-connection]")).to_have_text("Live")
    assert fonts
    for font in fonts:
        font.continue_()
    eventually(lambda: page.evaluate("document.fonts.check('700 1rem \"Gabarito Variable\"')"), page)
    page.wait_for_timeout(300)

    assert page.evaluate("window.shift") < 0.05
    small = "(all) => all.filter((one) => one.getBoundingClientRect().height < 24).length"
    assert page.eval_on_selector_all(".entry :is(.entry-at, .entry-name), .feed-ways a", small) == 0


def test_removal_above_does_not_move_the_entry_being_read(browser: Browser, club: ClubSite) -> None:
    club.run(f"add_entries({club.club.pk}, {club.club.members[1]}, 30)")
    alva, bruno = club.feed(browser, 0), club.feed(browser, 1)
    before = scroll_down(alva, 1500)

    text = bruno.locator(".entry-text").first.inner_text()
    delete_post(bruno, text)

    expect(text_in_feed(alva, text)).to_have_count(0)
    assert alva.evaluate(TOP_VISIBLE_ENTRY) == before


def test_replies_do_not_move_what_is_being_read(browser: Browser, club: ClubSite) -> None:
    """A reply in a card on the screen waits, unless the reader writes there. One above the screen is added at once."""
    club.run(f"add_entries({club.club.pk}, {club.club.members[2]}, 30)")
    alva, bruno = club.feed(browser, 0), club.feed(browser, 1)
    first = bruno.locator(".entry-text").first.inner_text()
    entry, top = scroll_down(alva, 900)
    seen = alva.locator(f"#entry-{entry} [data-slot=text]").first.inner_text()

    reply(bruno, first, "Above the screen")
    expect(text_in_feed(alva, "Above the screen")).to_have_count(1)
    reply(bruno, seen, "On the screen")
    expect(alva.get_by_role("button", name="Show 1 new reply")).to_be_visible()
    assert alva.evaluate(TOP_VISIBLE_ENTRY) == [entry, top]
    expect(text_in_feed(alva, "On the screen")).to_have_count(0)

    alva.get_by_role("button", name="Show 1 new reply").click()
    expect(text_in_feed(alva, "On the screen")).to_be_in_viewport()
    reply(alva, seen, "I write here")
    expect(alva.locator(f"#entry-{entry} .reply")).to_have_count(2)
    field = alva.locator(f"#entry-{entry} textarea")
    expect(field).to_be_focused()
    before = field.bounding_box()
    reply(bruno, seen, "And so do I")
    expect(text_in_feed(alva, "And so do I")).to_be_visible()
    eventually(lambda: field.bounding_box() == before, alva)
    reply(bruno, first, "Above again")
    expect(text_in_feed(alva, "Above again")).to_have_count(1)
    alva.wait_for_timeout(300)
    assert field.bounding_box() == before


def test_new_posts_wait_for_keyboard_focus_and_for_pause(browser: Browser, club: ClubSite) -> None:
    club.run(f"add_entries({club.club.pk}, {club.club.members[2]}, 3)")
    alva, bruno = club.feed(browser, 0), club.feed(browser, 1)
    alva.get_by_role("button", name="Post", exact=True).focus()
    alva.keyboard.press("Tab")
    write(bruno, "While you read")
    expect(alva.get_by_role("button", name="Show 1 new")).to_be_visible()
    expect(alva.locator("[data-status]")).to_contain_text("While you read")
    alva.get_by_role("button", name="Show 1 new").press("Enter")
    expect(alva.locator(".entry").first).to_contain_text("While you read")
    assert alva.evaluate("document.activeElement.closest('.entry') === document.querySelector('.entry')")

    alva.get_by_label("Write to the club").focus()
    alva.get_by_role("button", name="Pause").click()
    write(bruno, "While you pause")
    expect(alva.get_by_role("button", name="Show 1 new")).to_be_visible()
    alva.get_by_role("button", name="Pause").click()
    expect(alva.locator(".entry").first).to_contain_text("While you pause")


def test_new_post_above_five_hundred_entries_changes_two_cards(browser: Browser, club: ClubSite) -> None:
    """The two are the new card, and the card below it, which loses its day heading."""
    club.run(f"add_entries({club.club.pk}, {club.club.members[1]}, 600)")
    page = club.context(browser, 0).new_page()
    assert weight_of(page, club.site.url + club.path) < MOST_BYTES
    expect(page.locator(".entry")).to_have_count(20)
    expect(page.locator("[data-connection]")).to_have_text("Live")

    eventually(lambda: scrolled_to(page, 600), page)

    known = ids(page)
    assert known == sorted(known, reverse=True)
    page.evaluate("scrollTo(0, 0)")
    page.evaluate(COUNT_WORK)
    write(page, "On top of them all")
    expect(page.locator(".entry").first).to_contain_text("On top of them all")
    expect(page.get_by_label("Write to the club")).to_have_value("")
    cards, measured = page.evaluate(WORK)
    assert cards == 2
    assert measured < 20

    page.evaluate("scrollTo(0, 20_000)")
    page.wait_for_timeout(300)
    entry, _ = page.evaluate(TOP_VISIBLE_ENTRY)
    page.goto(f"{club.site.url}/privacy/")
    page.go_back()
    expect(page.locator(f"#entry-{entry}")).to_be_in_viewport(timeout=30_000)  # cards above it have estimated heights


def test_older_page_is_live_and_keeps_its_range(browser: Browser, club: ClubSite) -> None:
    club.run(f"add_entries({club.club.pk}, {club.club.members[1]}, 40)")
    bruno = club.feed(browser, 1)
    alva = club.context(browser, 0).new_page()
    alva.goto(club.site.url + str(bruno.locator("[data-older-link] a").get_attribute("href")))
    expect(alva.locator("[data-connection]")).to_have_text("Live")
    expect(alva.locator(".entry")).to_have_count(20)
    lowest = alva.locator(".entry-text").first.inner_text()

    write(bruno, "Up there")
    eventually(lambda: scrolled_to(bruno, 41), bruno)
    delete_post(bruno, lowest)

    expect(text_in_feed(alva, lowest)).to_have_count(0)
    expect(alva.locator(".entry")).to_have_count(19)


def scroll_down(page: Page, points: int) -> Any:
    """Scroll down and return the id of the top visible entry and its distance from the edge."""
    page.mouse.wheel(0, points)
    page.wait_for_timeout(300)
    return page.evaluate(TOP_VISIBLE_ENTRY)


def scrolled_to(page: Page, count: int) -> bool:
    """Scroll to the end and return whether the page has `count` entries."""
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    return page.locator(".entry").count() == count
