"""A club's feed in real browsers, on the processes that the Procfile names."""

import re
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.club_site import ClubSite, found_on, told, write
from tests.live_site import LiveSites
from tests.patience import PATIENCE_S

pytestmark = [pytest.mark.services, pytest.mark.browser]

MODEL = Path(__file__).with_name("entries_model.js").read_text()
ALL_OF_IT = """(all) => all.map((one) => [
  one.className,
  one.id,
  one.innerText,
  ...Array.from(one.querySelectorAll("a[href], form, time"), (part) => part.href ?? part.action ?? part.title),
])"""
RUN_MODEL = """async ([addresses, seeds, model]) => {
  const modules = Object.assign({}, ...(await Promise.all(addresses.map((one) => import(one)))));
  const run = eval(model);
  return seeds.map((seed) => run(modules, seed, 600)).filter(Boolean).slice(0, 3);
}"""
ITS_MODULES = [f"/static/js/feed/{name}.js" for name in ("entries", "folding", "list")]


def test_what_one_writes_all_read_and_cheer_for(browser: Browser, club: ClubSite) -> None:
    alva, bruno = club.feed(browser, 0), club.feed(browser, 1)
    expect(alva.locator("[data-watching]")).to_have_text("2 members are watching")
    expect(alva.get_by_text("No parkruns yet")).to_be_visible()

    write(alva, "Coffee? See https://a.example/menu.")
    post = bruno.locator(".entry", has_text="Coffee?")
    expect(post).to_be_visible()
    expect(post.get_by_role("link", name="https://a.example/menu", exact=True)).to_be_visible()
    expect(alva.get_by_label("Write to the club")).to_have_value("")
    expect(alva.get_by_label("Write to the club")).to_be_focused()
    expect(bruno.get_by_text("No parkruns yet")).to_be_hidden()

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
        post.get_by_role("button", name="Delete post").click()
        for each in (alva, bruno, captain):
            expect(told(each, text)).to_have_count(0)
    expect(bruno.get_by_text("No parkruns yet")).to_be_visible()


def test_nothing_that_was_typed_is_lost(browser: Browser, live_sites: LiveSites) -> None:
    """The site goes away in mid-sentence; the page is loaded anew before it is back."""
    site = live_sites()
    web = site.start("web")
    club = found_on(site)
    alva = club.feed(browser, 0)
    web.send_signal(signal.SIGTERM)
    web.wait(PATIENCE_S)
    expect(alva.locator("[data-connection]")).to_contain_text("Reconnecting")

    write(alva, "Kept through it all")
    expect(alva.get_by_role("alert")).to_contain_text("We'll send this when you're back online")
    expect(alva.get_by_label("Write to the club")).to_have_value("Kept through it all")

    site.start("web")
    expect(alva.locator(".entry", has_text="Kept through it all")).to_have_count(1)
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
    expect(alva.get_by_role("alert")).to_have_text("That's 1,001 characters; a post can have up to 1,000.")
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
    with page.expect_navigation():  # between two pages there are no posts at all
        first.get_by_role("button", name="Delete post").click()
    expect(told(page, "Plainly")).to_have_count(0)
    page.get_by_role("link", name="Show older").click()
    expect(page.locator(".entry")).to_have_count(40)
    page.get_by_role("link", name="Back to newest").click()
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
    expect(told(away, "Bushy parkrun")).to_have_count(0)
    club.share(0, shown_as="hidden")
    expect(stays.locator(".entry-parkrun")).to_contain_text("A member")
    assert "Alva" not in (stays.locator("[data-feed]").text_content() or "")


def test_all_that_go_at_once_are_gone(browser: Browser, club: ClubSite) -> None:
    """Neighbours too, whichever of them goes first, and with what stood above and below left in its place."""
    page = club.feed(browser, 1)
    write(page, "Before")
    expect(told(page, "Before")).to_be_visible()
    for days_ago in (0, 1, 2, 3):
        club.ran(0, days_ago=days_ago, before=47)
    club.share(0)
    expect(page.locator(".entry-parkrun")).to_have_count(4)
    write(page, "After")
    expect(told(page, "After")).to_be_visible()

    club.share(0, parkruns=False)

    expect(page.locator(".entry")).to_have_count(2)
    assert page.locator(".entry [data-slot=text]").all_inner_texts() == ["After", "Before"]


def test_live_cards_are_those_of_the_server(browser: Browser, club: ClubSite) -> None:
    """Every kind, arriving live; then the same page loaded anew."""
    page = club.feed(browser, 1, timezone_id="Pacific/Auckland")
    for days_ago in (0, 1, 3):
        club.ran(0, days_ago=days_ago, before=47)
    club.ran(0, days_ago=400, before=47, slug="dulwich")
    club.share(0, shown_as="full")
    club.run(f"welcome({club.club.members[0]})")
    club.run(f"record({club.club.members[0]}, 'Garmin Forerunner 255')")
    expect(page.get_by_text("Garmin Forerunner 255")).to_have_count(1)
    write(page, "Look:\nhttps://a.example/?x=1&y=2.")
    expect(page.locator(".entry")).to_have_count(5)
    expect(page.locator(".entry-milestone")).to_contain_text("50th parkrun")
    expect(page.locator(".entry-earlier:visible")).to_have_text("Added 1 earlier parkrun, from 2025")
    page.locator(".entry-milestone").get_by_role("button", name="Cheer").click()
    expect(page.locator(".entry-milestone").get_by_role("link", name="1 cheer")).to_be_visible()
    page.wait_for_timeout(200)

    live = page.eval_on_selector_all(".entry", ALL_OF_IT)
    page.route("**/*.js", lambda route: route.abort())
    page.reload()
    page.unroute("**/*.js")

    assert page.eval_on_selector_all(".entry", ALL_OF_IT) == live


def test_who_cheered_is_told_anew_while_it_is_open(browser: Browser, club: ClubSite) -> None:
    alva, bruno = club.feed(browser, 0), club.feed(browser, 1)
    write(alva, "Muddy today")
    cheer = bruno.get_by_role("button", name="Cheer")
    names = alva.locator("[data-slot=names]").first
    cheer.click()
    alva.get_by_role("link", name="1 cheer").click()
    expect(names).to_contain_text("cheered")

    club.share(1, shown_as="hidden")
    before = names.inner_text()
    alva.get_by_role("button", name="Cheer").click()
    expect(alva.get_by_role("link", name="2 cheers")).to_be_visible()
    expect(names).not_to_have_text(before)

    cheer.click()
    alva.get_by_role("button", name="Cheer").click()
    expect(names).to_be_hidden()
    assert names.text_content() == ""


def test_any_interleaving_leaves_a_client_equal_to_the_table(browser: Browser, club: ClubSite) -> None:
    page = browser.new_context(bypass_csp=True).new_page()  # the model is no part of the site
    page.goto(f"{club.site.url}/privacy/")

    assert page.evaluate(RUN_MODEL, [ITS_MODULES, list(range(1, 301)), MODEL]) == []
