"""A club's feed in real browsers, served by the processes in the Procfile."""

import re
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.club_site import ClubSite, delete_post, found_on, menu_of, reply, text_in_feed, write
from tests.live_site import LiveSites
from tests.patience import PATIENCE_S

pytestmark = [pytest.mark.services, pytest.mark.browser]

MODEL = Path(__file__).with_name("entries_model.js").read_text()
DESCRIBE_CARDS = """(cards) => cards.map((card) => [
  card.className,
  card.id,
  card.innerText,
  ...Array.from(card.querySelectorAll("a[href], form, time"), (part) => part.href ?? part.action ?? part.title),
])"""
RUN_MODEL = """async ([addresses, seeds, model]) => {
  const modules = Object.assign({}, ...(await Promise.all(addresses.map((address) => import(address)))));
  const run = eval(model);
  return seeds.map((seed) => run(modules, seed, 600)).filter(Boolean).slice(0, 3);
}"""
MODEL_IMPORTS = [f"/static/js/feed/{name}.js" for name in ("entries", "folding", "list")]


def test_members_read_and_cheer_each_others_posts(browser: Browser, club: ClubSite) -> None:
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
    cheer_link = alva.locator(".entry", has_text="Coffee?").get_by_role("link", name="1 cheer")
    cheer_link.click()
    expect(alva.get_by_text("Alva B. cheered.")).to_be_visible()

    post.get_by_role("button", name="Cheer").click()
    expect(cheer_link).to_be_hidden()
    expect(post.get_by_role("button", name="Cheer")).to_have_attribute("aria-pressed", "false")


def test_author_or_captain_deletes_a_post_for_all_members(browser: Browser, club: ClubSite) -> None:
    club.run(f"make_captain({club.club.members[2]})")
    alva, bruno, captain = (club.feed(browser, member) for member in range(3))
    for text in ("First", "Second"):
        write(alva, text)
        expect(text_in_feed(bruno, text)).to_be_visible()
    menu = menu_of(bruno, "First")
    expect(menu.get_by_text("Report to the captains")).to_be_visible()
    expect(menu.get_by_text("Delete", exact=True)).to_be_hidden()
    bruno.keyboard.press("Escape")

    for page, text in ((alva, "Second"), (captain, "First")):
        delete_post(page, text)
        for reader in (alva, bruno, captain):
            expect(text_in_feed(reader, text)).to_have_count(0)
    expect(bruno.get_by_text("No parkruns yet")).to_be_visible()


def test_typed_text_survives_an_outage_and_a_reload(browser: Browser, live_sites: LiveSites) -> None:
    """A post written while the site is down is sent when it returns; an unsent draft survives a reload."""
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


def test_refused_post_shows_the_reason_and_keeps_its_text(browser: Browser, club: ClubSite) -> None:
    alva = club.feed(browser, 0)
    field = alva.get_by_label("Write to the club")
    field.fill("é" * 799)
    expect(alva.locator("[data-left]")).to_have_text("")
    field.fill("é" * 990)
    expect(alva.locator("[data-left]")).to_have_text("10 left")
    write(alva, "😀" * 1001)
    expect(alva.get_by_role("alert")).to_have_text("That's 1,001 characters; a post can have up to 1,000.")
    expect(field).to_have_value("😀" * 1001)

    write(alva, "\u200b \u2060")  # invisible characters, which only the server detects
    expect(alva.get_by_role("alert")).to_have_text("Write something first.")
    write(alva, "😀" * 1000)
    expect(alva.locator(".entry")).to_have_count(1)
    expect(field).to_have_value("")


def test_member_shown_without_a_name_can_delete_their_own_post(browser: Browser, club: ClubSite) -> None:
    club.share(0, parkruns=False, shown_as="hidden")
    alva, bruno = club.feed(browser, 0), club.feed(browser, 1)

    write(alva, "Guess\u200b who")

    own_post = alva.locator(".entry", has_text="Guess who")
    expect(own_post).to_be_visible()
    expect(alva.get_by_label("Write to the club")).to_have_value("")
    expect(bruno.locator(".entry", has_text="Guess who")).to_contain_text("A member")
    for _ in range(2):
        expect(menu_of(alva, "Guess who").get_by_text("Delete", exact=True)).to_be_visible()
        alva.reload()
    menu = menu_of(bruno, "Guess who")
    expect(menu.get_by_text("Delete", exact=True)).to_be_hidden()
    expect(menu.locator("summary", has_text="Mute")).to_be_hidden()


def test_feed_works_without_javascript(browser: Browser, club: ClubSite) -> None:
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
    first.get_by_role("link", name="Reply").click()
    page.get_by_label("Write a reply").fill("Plainly answered")
    page.get_by_role("button", name="Reply", exact=True).click()
    expect(page.locator(".reply")).to_contain_text("Plainly answered")
    page.get_by_role("link", name="More about this post").last.click()
    page.get_by_text("Edit", exact=True).click()
    page.get_by_label("Your post").fill("Plainly changed")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".reply")).to_contain_text("edited")
    page.locator(".way-back a").click()
    expect(page.locator(".reply").first).to_contain_text("Plainly changed")
    first.get_by_role("link", name="More about this post").first.click()
    page.locator("summary", has_text="Delete").click()
    with page.expect_navigation():  # during navigation the feed is empty, which would pass the check below
        page.get_by_role("button", name="Delete post").click()
    expect(text_in_feed(page, "Plainly")).to_have_count(0)
    expect(page.locator(".reply")).to_have_count(0)
    page.get_by_role("link", name="Show older").press("Enter")  # scrolling there renders cards, which moves the link
    expect(page.locator(".entry")).to_have_count(40)
    page.get_by_role("link", name="Back to newest").click()
    write(page, " ")
    expect(page.get_by_role("alert")).to_have_text("Write something first.")


def test_withdrawn_parkruns_disappear_from_every_page(browser: Browser, club: ClubSite) -> None:
    """Open pages drop them at once, and a page that was offline drops them when it reconnects."""
    club.add_parkrun(0, days_ago=1)
    club.share(0)
    online, offline = club.feed(browser, 1), club.feed(browser, 2)
    for page in (online, offline):
        expect(text_in_feed(page, "Bushy parkrun")).to_be_visible()
    offline.context.set_offline(True)

    club.share(0, parkruns=False)

    expect(text_in_feed(online, "Bushy parkrun")).to_have_count(0)
    offline.context.set_offline(False)
    expect(text_in_feed(offline, "Bushy parkrun")).to_have_count(0)
    club.share(0, shown_as="hidden")
    expect(online.locator(".entry-parkrun")).to_contain_text("A member")
    assert "Alva" not in (online.locator("[data-feed]").text_content() or "")


def test_several_entries_removed_at_once_all_disappear(browser: Browser, club: ClubSite) -> None:
    """Adjacent entries disappear in any order, and the posts above and below them stay in place."""
    page = club.feed(browser, 1)
    write(page, "Before")
    expect(text_in_feed(page, "Before")).to_be_visible()
    for days_ago in (0, 1, 2, 3):
        club.add_parkrun(0, days_ago=days_ago, before=47)
    club.share(0)
    expect(page.locator(".entry-parkrun")).to_have_count(4)
    write(page, "After")
    expect(text_in_feed(page, "After")).to_be_visible()

    club.share(0, parkruns=False)

    expect(page.locator(".entry")).to_have_count(2)
    assert page.locator(".entry [data-slot=text]").all_inner_texts() == ["After", "Before"]


def test_live_cards_equal_the_cards_that_the_server_renders(browser: Browser, club: ClubSite) -> None:
    """Receive an entry of every kind live, then reload without JavaScript and compare."""
    page = club.feed(browser, 1, timezone_id="Pacific/Auckland", viewport={"width": 1280, "height": 4000})
    for days_ago in (0, 1, 3):
        club.add_parkrun(0, days_ago=days_ago, before=47)
    club.add_parkrun(0, days_ago=400, before=47, slug="dulwich")
    earlier_year = (datetime.now(UTC) - timedelta(days=400)).year
    club.share(0, shown_as="full")
    club.run(f"welcome({club.club.members[0]})")
    club.run(f"record({club.club.members[0]}, 'Garmin Forerunner 255')")
    expect(page.get_by_text("Garmin Forerunner 255")).to_have_count(1)
    club.run(f"add_flood({club.club.pk}, {club.club.members[2]}, 12)")
    expect(page.get_by_text("2 more at Brandon Hill")).to_be_visible()
    write(page, "Look:\nhttps://a.example/?x=1&y=2.")
    for text in ("Well run, @Alva Berg0 and @Carol D.!", "See https://b.example/@Alva Berg0"):
        reply(page, "Look:\nhttps://a.example/?x=1&y=2.", text)
        expect(page.locator(".reply", has_text=text[:8])).to_be_visible()
    menu_of(page, "See https://b.example/@Alva Berg0").get_by_text("Edit", exact=True).click()
    page.get_by_label("Edit your post").fill("Changed")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".entry-edited:visible")).to_have_count(1)
    page.locator("[data-cancel-reply]").click()
    expect(page.locator(".entry")).to_have_count(5 + 12)
    expect(page.locator(".entry-milestone")).to_contain_text("50th parkrun")
    expect(page.locator(".entry-earlier:visible")).to_have_text(f"Added 1 earlier parkrun, from {earlier_year}")
    page.locator(".entry-milestone").get_by_role("button", name="Cheer").click()
    expect(page.locator(".entry-milestone").get_by_role("link", name="1 cheer")).to_be_visible()
    page.wait_for_timeout(200)

    live = page.eval_on_selector_all(".entry", DESCRIBE_CARDS)
    page.route("**/*.js", lambda route: route.abort())
    page.reload()
    page.unroute("**/*.js")

    assert page.eval_on_selector_all(".entry", DESCRIBE_CARDS) == live


def test_open_list_of_cheers_is_updated(browser: Browser, club: ClubSite) -> None:
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


def test_client_equals_the_table_after_any_order_of_messages(browser: Browser, club: ClubSite) -> None:
    page = browser.new_context(bypass_csp=True).new_page()  # the site's CSP would block the model's eval
    page.goto(f"{club.site.url}/privacy/")

    assert page.evaluate(RUN_MODEL, [MODEL_IMPORTS, list(range(1, 301)), MODEL]) == []
