"""A club's feed in real browsers, on the processes that the Procfile names."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.club_site import ClubSite, eventually, found_on
from tests.live_site import LiveSite, LiveSites
from tests.migrated import MigratedDatabases

pytestmark = [pytest.mark.services, pytest.mark.browser]

MODEL = Path(__file__).with_name("entries_model.js").read_text()
TOP_OF_WHAT_IS_READ = """() => {
  const entry = Array.from(document.querySelectorAll(".entry")).find((one) => one.getBoundingClientRect().top >= 100);
  return [entry.dataset.id, Math.round(entry.getBoundingClientRect().top)];
}"""
ALL_OF_IT = """(all) => all.map((one) => [
  one.className,
  one.id,
  one.innerText,
  ...Array.from(one.querySelectorAll("a[href], form, time"), (part) => part.href ?? part.action ?? part.title),
])"""
RUN_MODEL = """async ([module, seeds, model]) => {
  const { newEntries } = await import(module);
  const run = eval(model);
  return seeds.map((seed) => run(newEntries, seed, 600)).filter(Boolean);
}"""
ITS_MODULE = r"""() => performance.getEntriesByType("resource").map((one) => one.name)
  .find((name) => /feed\/entries\.[^/]*js$/.test(name))"""
WATCH_LONG_TASKS = """() => {
  window.longest = 0;
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) window.longest = Math.max(window.longest, task.duration);
  }).observe({ type: "longtask" });
}"""


@pytest.fixture(scope="module")
def site(migrated_databases: MigratedDatabases) -> Iterator[LiveSite]:
    """One process over SQLite; every test has a club of its own."""
    with LiveSites(migrated_databases) as sites:
        site = sites()
        site.start("web")
        yield site


@pytest.fixture
def club(site: LiveSite) -> ClubSite:
    return found_on(site)


def write(page: Page, text: str) -> None:
    page.get_by_label("Write to the club").fill(text)
    page.get_by_role("button", name="Post", exact=True).click()


def told(page: Page, text: str) -> Locator:
    """Of what the feed shows, what says this and nothing else."""
    return page.locator(".feed").get_by_text(text, exact=True)


def ids(page: Page) -> list[int]:
    found: list[int] = page.eval_on_selector_all(".entry", "all => all.map((one) => Number(one.dataset.id))")
    return found


def test_what_one_writes_all_read_and_cheer_for(browser: Browser, club: ClubSite) -> None:
    alva, bruno = club.feed(browser, 0), club.feed(browser, 1)
    expect(alva.locator("[data-watching]")).to_have_text("2 members are watching")
    expect(alva.get_by_text("Quiet before the first Saturday")).to_be_visible()

    write(alva, "Coffee? See https://a.example/menu.")
    post = bruno.locator(".entry", has_text="Coffee?")
    expect(post).to_be_visible()
    expect(post.get_by_role("link", name="https://a.example/menu", exact=True)).to_be_visible()
    expect(alva.get_by_label("Write to the club")).to_have_value("")
    expect(bruno.get_by_text("Quiet before the first Saturday")).to_be_hidden()

    post.get_by_role("button", name="Cheer").click()
    expect(post.get_by_role("button", name="Cheer")).to_have_attribute("aria-pressed", "true")
    cheered = alva.locator(".entry", has_text="Coffee?").get_by_role("link", name="1 cheer")
    cheered.click()
    expect(alva.get_by_text("Alva B. cheered.")).to_be_visible()

    post.get_by_role("button", name="Cheer").click()
    expect(cheered).to_be_hidden()
    expect(post.get_by_role("button", name="Cheer")).to_have_attribute("aria-pressed", "false")


def test_post_is_deleted_for_everybody_by_its_author_or_a_captain(browser: Browser, club: ClubSite) -> None:
    club.run(f"make_captain({club.club.members[2]})")
    alva, bruno, captain = (club.feed(browser, member) for member in range(3))
    for text in ("First", "Second"):
        write(alva, text)
        expect(told(bruno, text)).to_be_visible()
    expect(bruno.get_by_text("Delete", exact=True)).to_have_count(0)

    for page, text in ((alva, "Second"), (captain, "First")):
        post = page.locator(".entry", has_text=text)
        post.locator("summary").click()
        post.get_by_role("button", name="Delete the post").click()
        for each in (alva, bruno, captain):
            expect(told(each, text)).to_have_count(0)
    expect(bruno.get_by_text("Quiet before the first Saturday")).to_be_visible()


def test_what_is_read_stays_where_it_is(browser: Browser, club: ClubSite) -> None:
    club.run(f"add_entries({club.club.pk}, {club.club.members[2]}, 40)")
    alva, bruno = club.feed(browser, 0), club.feed(browser, 1)
    alva.mouse.wheel(0, 900)
    alva.wait_for_timeout(300)
    before = alva.evaluate(TOP_OF_WHAT_IS_READ)

    for number in range(3):
        write(bruno, f"New {number}")
        expect(told(bruno, f"New {number}")).to_be_visible()

    button = alva.get_by_role("button", name="Show 3 new")
    expect(button).to_be_visible()
    assert alva.evaluate(TOP_OF_WHAT_IS_READ) == before
    expect(told(alva, "New 0")).to_have_count(0)
    bruno.locator(".entry", has_text="New 1").locator("summary").click()
    bruno.get_by_role("button", name="Delete the post").click()
    expect(alva.get_by_role("button", name="Show 2 new")).to_be_visible()

    alva.get_by_role("button", name="Show 2 new").click()
    expect(alva.locator(".entry-text").first).to_have_text("New 2")
    expect(alva.locator(".entry-text").nth(1)).to_have_text("New 0")
    expect(button).to_be_hidden()
    assert alva.evaluate("scrollY") < 200


def test_what_is_removed_above_moves_nothing(browser: Browser, club: ClubSite) -> None:
    club.run(f"add_entries({club.club.pk}, {club.club.members[1]}, 30)")
    alva, bruno = club.feed(browser, 0), club.feed(browser, 1)
    alva.mouse.wheel(0, 1500)
    alva.wait_for_timeout(300)
    before = alva.evaluate(TOP_OF_WHAT_IS_READ)

    first = bruno.locator(".entry").first
    text = first.locator(".entry-text").inner_text()
    first.locator("summary").click()
    first.get_by_role("button", name="Delete the post").click()

    expect(told(alva, text)).to_have_count(0)
    assert alva.evaluate(TOP_OF_WHAT_IS_READ) == before


def test_keyboard_reader_and_whoever_pauses_are_not_moved(browser: Browser, club: ClubSite) -> None:
    club.run(f"add_entries({club.club.pk}, {club.club.members[2]}, 3)")
    alva, bruno = club.feed(browser, 0), club.feed(browser, 1)
    alva.get_by_role("button", name="Post", exact=True).focus()
    alva.keyboard.press("Tab")
    write(bruno, "While you read")
    expect(alva.get_by_role("button", name="Show 1 new")).to_be_visible()
    expect(alva.locator("[role=status]")).to_contain_text("While you read")
    alva.get_by_role("button", name="Show 1 new").press("Enter")
    expect(alva.locator(".entry").first).to_contain_text("While you read")
    assert alva.evaluate("document.activeElement.closest('.entry') === document.querySelector('.entry')")

    alva.get_by_label("Write to the club").focus()
    alva.get_by_role("button", name="Pause").click()
    write(bruno, "While you pause")
    expect(alva.get_by_role("button", name="Show 1 new")).to_be_visible()
    alva.get_by_role("button", name="Pause").click()
    expect(alva.locator(".entry").first).to_contain_text("While you pause")


def test_nothing_that_was_typed_is_lost(browser: Browser, live_sites: LiveSites) -> None:
    """The site goes away in mid-sentence; the page is loaded anew before it is back."""
    site = live_sites()
    web = site.start("web")
    club = found_on(site)
    alva = club.feed(browser, 0)
    web.send_signal(signal.SIGTERM)
    web.wait(10)
    expect(alva.locator("[data-connection]")).to_contain_text("Reconnecting", timeout=15_000)

    write(alva, "Kept through it all")
    expect(alva.get_by_role("alert")).to_contain_text("Your words are kept")
    expect(alva.get_by_label("Write to the club")).to_have_value("Kept through it all")

    site.start("web")
    expect(alva.locator(".entry", has_text="Kept through it all")).to_have_count(1, timeout=30_000)
    expect(alva.get_by_label("Write to the club")).to_have_value("")
    expect(alva.get_by_role("alert")).to_have_text("")

    alva.get_by_label("Write to the club").fill("Half a sen")
    alva.reload()
    expect(alva.get_by_label("Write to the club")).to_have_value("Half a sen")
    alva.get_by_role("button", name="Post", exact=True).click()
    expect(alva.locator(".entry", has_text="Half a sen")).to_have_count(1)
    alva.reload()
    expect(alva.locator(".entry", has_text="Half a sen")).to_have_count(1)
    expect(alva.get_by_label("Write to the club")).to_have_value("")


def test_post_that_is_refused_says_why_and_stays(browser: Browser, club: ClubSite) -> None:
    alva = club.feed(browser, 0)
    field = alva.get_by_label("Write to the club")
    field.fill("é" * 799)
    expect(alva.locator("[data-left]")).to_have_text("")
    field.fill("é" * 990)
    expect(alva.locator("[data-left]")).to_have_text("10 left")
    write(alva, "😀" * 1001)
    expect(alva.get_by_role("alert")).to_have_text("That is 1,001 characters long; a post has at most 1,000.")
    expect(field).to_have_value("😀" * 1001)

    write(alva, "\u200b \u2060")  # only the server knows that nothing of it can be seen
    expect(alva.get_by_role("alert")).to_have_text("Write something first.")
    write(alva, "😀" * 1000)
    expect(alva.locator(".entry")).to_have_count(1)
    expect(field).to_have_value("")


def test_own_post_is_known_again_without_a_name(browser: Browser, club: ClubSite) -> None:
    club.share(0, parkruns=False, shown_as="hidden")
    alva, bruno = club.feed(browser, 0), club.feed(browser, 1)

    write(alva, "Guess\u200b who")

    mine = alva.locator(".entry", has_text="Guess who")
    expect(mine).to_be_visible()
    expect(alva.get_by_label("Write to the club")).to_have_value("")
    expect(bruno.locator(".entry", has_text="Guess who")).to_contain_text("A member")
    for _ in range(2):
        expect(mine.locator("summary")).to_be_visible()
        alva.reload()
    expect(bruno.locator(".entry", has_text="Guess who").locator("summary")).to_be_hidden()


def test_without_javascript_everything_can_be_done(browser: Browser, club: ClubSite) -> None:
    club.run(f"add_entries({club.club.pk}, {club.club.members[1]}, 60)")
    page = club.context(browser, 0, java_script_enabled=False).new_page()
    page.goto(club.site.url + club.path)

    write(page, "Plainly")
    first = page.locator(".entry").first
    expect(first).to_contain_text("Plainly")
    first.get_by_role("button", name="Cheer").click()
    expect(page).to_have_url(re.compile(r"#entry-\d+$"))
    first.get_by_role("link", name="1 cheer").click()
    expect(page.get_by_text("Alva B. cheered.")).to_be_visible()
    page.go_back()
    first.get_by_role("button", name="Cheer").click()
    expect(first.get_by_role("link", name="1 cheer")).to_be_hidden()
    first.locator("summary").click()
    first.get_by_role("button", name="Delete the post").click()
    expect(told(page, "Plainly")).to_have_count(0)
    page.get_by_role("link", name="Show older ones").click()
    expect(page.locator(".entry")).to_have_count(10)
    page.get_by_role("link", name="Back to the newest").click()
    write(page, " ")
    expect(page.get_by_role("alert")).to_have_text("Write something first.")


def test_consent_that_is_withdrawn_leaves_every_page(browser: Browser, club: ClubSite) -> None:
    """Also of one that was away meanwhile, and of older pages."""
    club.ran(0, days_ago=1)
    club.share(0)
    stays, away = club.feed(browser, 1), club.feed(browser, 2)
    for page in (stays, away):
        expect(told(page, "Bushy parkrun")).to_be_visible()
    away.context.set_offline(True)

    club.share(0, parkruns=False)

    expect(told(stays, "Bushy parkrun")).to_have_count(0)
    away.context.set_offline(False)
    expect(told(away, "Bushy parkrun")).to_have_count(0, timeout=40_000)
    club.share(0, shown_as="hidden")
    expect(stays.locator(".entry-parkrun")).to_contain_text("A member")


def test_live_cards_are_those_of_the_server(browser: Browser, club: ClubSite) -> None:
    """Every kind, arriving live; then the same page loaded anew."""
    page = club.feed(browser, 1, timezone_id="Pacific/Auckland")
    for days_ago in (0, 1, 3):
        club.ran(0, days_ago=days_ago, before=47)
    club.ran(0, days_ago=400, before=47, slug="dulwich")
    club.share(0, shown_as="full")
    club.run(f"welcome({club.club.members[0]})")
    write(page, "Look:\nhttps://a.example/?x=1&y=2.")
    expect(page.locator(".entry")).to_have_count(7)
    page.locator(".entry-milestone").get_by_role("button", name="Cheer").click()
    expect(page.locator(".entry-milestone").get_by_role("link", name="1 cheer")).to_be_visible()
    page.wait_for_timeout(200)

    live = page.eval_on_selector_all(".entry", ALL_OF_IT)
    page.route("**/*.js", lambda route: route.abort())
    page.reload()
    page.unroute("**/*.js")

    assert page.eval_on_selector_all(".entry", ALL_OF_IT) == live


def test_more_than_a_thousand_are_scrolled_through_smoothly(browser: Browser, club: ClubSite) -> None:
    club.run(f"add_entries({club.club.pk}, {club.club.members[1]}, 1200)")
    page = club.feed(browser, 0)
    page.evaluate(WATCH_LONG_TASKS)

    eventually(lambda: scrolled_to(page, 1200), page, 60_000)

    known = ids(page)
    assert known == sorted(known, reverse=True)
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(300)
    page.evaluate("window.longest = 0")
    write(page, "On top of them all")
    expect(page.locator(".entry").first).to_contain_text("On top of them all")
    longest = page.evaluate("window.longest")
    print(f"one more on top of 1,200: longest task {longest:.0f} ms")  # noqa: T201
    assert longest < 100


def test_page_further_down_is_live_and_keeps_to_its_place(browser: Browser, club: ClubSite) -> None:
    club.run(f"add_entries({club.club.pk}, {club.club.members[1]}, 70)")
    bruno = club.feed(browser, 1)
    alva = club.context(browser, 0).new_page()
    alva.goto(club.site.url + str(bruno.locator("[data-older-link] a").get_attribute("href")))
    expect(alva.locator("[data-connection]")).to_have_text("Live")
    expect(alva.locator(".entry")).to_have_count(20)
    lowest = alva.locator(".entry-text").first.inner_text()

    write(bruno, "Up there")
    eventually(lambda: scrolled_to(bruno, 71), bruno)
    post = bruno.locator(".entry", has_text=lowest)
    post.locator("summary").click()
    post.get_by_role("button", name="Delete the post").click()

    expect(told(alva, lowest)).to_have_count(0)
    expect(alva.locator(".entry")).to_have_count(19)


def scrolled_to(page: Page, count: int) -> bool:
    """One more look at the end of the page: whether there are so many entries now."""
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    return page.locator(".entry").count() == count


def test_signed_out_elsewhere_is_told_in_words(browser: Browser, club: ClubSite) -> None:
    page = club.feed(browser, 0)
    club.visitor(0).post("/accounts/logout/", club.path)
    expect(page.locator("[data-connection]")).to_have_text("Signed out")


def test_any_interleaving_leaves_a_client_equal_to_the_table(browser: Browser, club: ClubSite) -> None:
    module = club.feed(browser, 0).evaluate(ITS_MODULE)
    page = browser.new_context(bypass_csp=True).new_page()  # the model is no part of the site
    page.goto(f"{club.site.url}/privacy/")

    assert page.evaluate(RUN_MODEL, [module, list(range(1, 301)), MODEL]) == []
