"""Members talk in a club's feed: replies, edits, mentions, reports, hidden posts, muted members, and folded floods."""

import re

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.axe import findings_by_scheme
from tests.browser.club_site import (
    RECORD_MOMENTS,
    ClubSite,
    delete_post,
    eventually,
    menu_of,
    moments,
    post_in,
    reply,
    text_in_feed,
    write,
)

pytestmark = [pytest.mark.services, pytest.mark.browser]

NAMES = ("Alva Berg", "Bruno Costa", "Carol Dunn")
PHONE = {"width": 390, "height": 844}


def test_members_reply_and_edit_while_others_read(browser: Browser, club: ClubSite) -> None:
    alva, bruno = club.feed(browser, 0), club.feed(browser, 1, viewport=PHONE)
    write(alva, "Coffee at ten?")
    expect(text_in_feed(bruno, "Coffee at ten?")).to_be_visible()

    for number in range(3):
        reply(bruno, "Coffee at ten?", f"Reply {number}")
        expect(text_in_feed(alva, f"Reply {number}")).to_be_visible()
        expect(bruno.get_by_label("Reply to Alva B.")).to_have_value("")
    expect(bruno.get_by_label("Reply to Alva B.")).to_be_focused()
    expect(alva.locator("[data-status]")).to_contain_text("Reply")
    assert bruno.evaluate("document.documentElement.scrollWidth") == PHONE["width"]

    menu_of(bruno, "Reply 1").get_by_role("button", name="Edit").click()
    field = bruno.get_by_label("Edit your post")
    expect(field).to_have_value("Reply 1")
    field.fill("Reply one")
    bruno.get_by_role("button", name="Save").click()
    expect(field).to_have_count(0)
    expect(post_in(alva, "Reply one").locator(".entry-edited")).to_have_text("edited")

    post_in(alva, "Reply one").get_by_role("button", name="Cheer").click()
    expect(post_in(bruno, "Reply one").get_by_role("link", name="1 cheer")).to_be_visible()
    delete_post(bruno, "Reply 2")
    expect(text_in_feed(alva, "Reply 2")).to_have_count(0)
    delete_post(alva, "Coffee at ten?")
    expect(bruno.locator(".reply")).to_have_count(0)
    expect(bruno.locator(".entry")).to_have_count(0)


def test_reply_written_offline_is_sent_once_after_a_reload(browser: Browser, club: ClubSite) -> None:
    alva, bruno = club.feed(browser, 0), club.feed(browser, 1)
    write(alva, "Anybody there?")
    expect(text_in_feed(bruno, "Anybody there?")).to_be_visible()
    bruno.context.set_offline(True)
    expect(bruno.locator("[data-connection]")).to_have_text("Offline")

    reply(bruno, "Anybody there?", "On the train")
    expect(bruno.locator("[data-reply-form] [data-problem]")).to_contain_text("We'll send this when you're back online")
    bruno.context.set_offline(False)

    expect(text_in_feed(alva, "On the train")).to_have_count(1)
    expect(bruno.get_by_label("Reply to Alva B.")).to_have_value("")
    bruno.get_by_label("Reply to Alva B.").fill("Half a sen")
    bruno.reload()
    expect(bruno.get_by_label("Reply to Alva B.")).to_have_value("Half a sen")
    expect(bruno.locator(".reply")).to_have_count(1)


def test_member_is_mentioned_with_the_keyboard_alone(browser: Browser, club: ClubSite) -> None:
    club.run("\n".join(f"name_member({pk}, {name!r})" for pk, name in zip(club.club.members, NAMES, strict=True)))
    alva, bruno = club.feed(browser, 0), club.feed(browser, 1)
    write(bruno, "Who marshals?")
    card = post_in(alva, "Who marshals?")
    expect(card).to_be_visible()

    card.get_by_role("link", name="Reply").focus()
    alva.keyboard.press("Enter")
    field = alva.get_by_label("Reply to Bruno C.")
    expect(field).to_be_focused()
    alva.keyboard.type("Ask @b")
    option = alva.get_by_role("option", name="Bruno C.")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(field).to_have_role("combobox")
    expect(field).to_have_attribute("aria-activedescendant", option.get_attribute("id") or "")
    alva.keyboard.press("Escape")
    expect(alva.get_by_role("listbox")).to_be_hidden()
    expect(field).to_have_value("Ask @b")
    alva.keyboard.type("r")
    expect(option).to_be_visible()
    alva.keyboard.press("ArrowDown")
    alva.keyboard.press("Enter")
    expect(field).to_have_value("Ask @Bruno C. ")
    alva.keyboard.type("or @Carol D.")
    expect(alva.get_by_role("option", name="Carol D.")).to_be_visible()
    alva.keyboard.press("Tab")
    alva.keyboard.press("Control+Enter")

    said = bruno.locator(".reply", has_text="Ask")
    for name, pk in (("Bruno C.", club.club.members[1]), ("Carol D.", club.club.members[2])):
        expect(said.get_by_role("link", name=f"@{name}")).to_have_attribute("href", f"/athletes/{pk}/")
    alva.keyboard.press("Escape")
    expect(field).to_have_count(0)
    expect(card.get_by_role("link", name="Reply")).to_be_focused()
    alva.keyboard.press("Tab")
    alva.keyboard.press("Enter")
    expect(alva.get_by_role("dialog")).to_be_visible()
    alva.keyboard.press("Escape")
    expect(card.get_by_role("link", name="More about this post").first).to_be_focused()


def test_post_is_reported_hidden_restored_and_its_author_muted(browser: Browser, club: ClubSite) -> None:
    club.run("\n".join(f"name_member({pk}, {name!r})" for pk, name in zip(club.club.members, NAMES, strict=True)))
    club.run(f"make_captain({club.club.members[2]})")
    alva, bruno, captain = (club.feed(browser, member) for member in range(3))
    write(bruno, "Buy my shoes")
    expect(text_in_feed(alva, "Buy my shoes")).to_be_visible()

    menu = menu_of(alva, "Buy my shoes")
    menu.locator("summary", has_text="Report").click()
    menu.get_by_label("What's wrong with it?").fill("An advert")
    menu.get_by_role("button", name="Send report").click()
    expect(menu.get_by_role("status")).to_contain_text("Reported.")
    menu.get_by_role("button", name="Close").click()

    menu = menu_of(captain, "Buy my shoes")
    menu.locator("summary", has_text="Hide").click()
    menu.get_by_role("button", name="Hide post").click()
    expect(text_in_feed(alva, "A captain has hidden this post.")).to_be_visible()
    expect(text_in_feed(alva, "Buy my shoes")).to_have_count(0)
    hidden = post_in(alva, "A captain has hidden this post.")
    expect(hidden.get_by_role("link", name="Reply")).to_be_hidden()
    expect(hidden.get_by_role("button", name="Cheer")).to_be_hidden()
    menu.get_by_role("button", name="Close").click()
    menu_of(captain, "A captain has hidden this post.").get_by_role("button", name="Show it to the club again").click()
    expect(text_in_feed(alva, "Buy my shoes")).to_be_visible()
    menu.get_by_role("button", name="Close").click()

    write(captain, "Not here, please")
    expect(text_in_feed(alva, "Not here, please")).to_be_visible()
    held: list[Route] = []
    alva.route("**/mute/", lambda route: held.append(route))  # noqa: PLW0108 - Playwright wraps no built-in
    menu = menu_of(alva, "Buy my shoes")
    menu.locator("summary", has_text="Mute").click()
    with alva.expect_request("**/mute/"):
        menu.get_by_role("button", name="Mute").click()
    menu.get_by_role("button", name="Close").click()
    menu = menu_of(alva, "Not here, please")
    held[0].continue_()
    expect(text_in_feed(alva, "Buy my shoes")).to_have_count(0)
    expect(alva.locator("[data-status]")).to_contain_text("You won't see Bruno C.")
    expect(menu.locator("summary", has_text="Report")).to_be_visible()
    expect(menu.get_by_role("status")).to_have_text("")
    menu.get_by_role("button", name="Close").click()
    for text in ("And my watch", "And my bike"):
        write(bruno, text)
        expect(text_in_feed(captain, text)).to_be_visible()
    write(captain, "Enough now")
    expect(text_in_feed(alva, "Enough now")).to_be_visible()
    expect(alva.locator(".entry")).to_have_count(2)
    alva.reload()
    expect(alva.locator(".entry")).to_have_count(2)


def test_flood_is_folded_live_and_walls_show_each(browser: Browser, club: ClubSite) -> None:
    alva, plain = club.feed(browser, 0, viewport=PHONE), club.context(browser, 1, java_script_enabled=False).new_page()
    wall = club.wall(browser, own_clock=True)
    wall.evaluate(RECORD_MOMENTS)
    club.run(f"add_flood({club.club.pk}, {club.club.members[2]}, 12)")
    expect(alva.get_by_text("2 more at Brandon Hill")).to_be_visible()
    expect(alva.locator(".entry:visible")).to_have_count(10)

    alva.get_by_text("2 more at Brandon Hill").click()
    expect(alva.locator(".flood .entry:visible")).to_have_count(2)
    alva.locator(".flood .entry").first.get_by_role("button", name="Cheer").click()
    expect(alva.locator(".flood .entry").first.get_by_role("link", name="1 cheer")).to_be_visible()
    alva.locator("h1").click()
    club.run(f"add_flood({club.club.pk}, {club.club.members[2]}, 3, first=12)")
    expect(alva.get_by_text("5 more at Brandon Hill")).to_be_visible()
    expect(alva.locator(".flood .entry:visible")).to_have_count(5)

    plain.goto(club.site.url + club.path)
    expect(plain.locator(".entry:visible")).to_have_count(10)
    plain.get_by_text("5 more at Brandon Hill").click()
    expect(plain.locator(".flood .entry:visible")).to_have_count(5)

    expect(wall.locator("[data-board-page]")).to_have_text(re.compile(" of 15$"))
    for _ in range(60):
        wall.clock.run_for(1_000)
    eventually(lambda: sorted(time for *_, time in moments(wall)) == [f"25:{second:02}" for second in range(15)], wall)


def test_address_of_a_reply_opens_and_shows_it(browser: Browser, club: ClubSite) -> None:
    """The reply is one of many, and its entry is on an older page."""
    ids = club.run(f"add_thread({club.club.pk}, {club.club.members[1]}, 8)").split()
    club.run(f"add_entries({club.club.pk}, {club.club.members[1]}, 30)")
    page = club.context(browser, 0).new_page()

    page.goto(f"{club.site.url}{club.path}#entry-{ids[1]}")

    expect(page.locator(f"#entry-{ids[1]}")).to_be_in_viewport()
    expect(text_in_feed(page, "Reply 0")).to_be_visible()
    page.goto(f"{club.site.url}{club.path}#entry-{int(ids[-1]) + 1_000_000}")
    page.reload()
    expect(page.locator("[data-status]")).to_have_text("That post is no longer here.")


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1280, "height": 900}])
def test_axe_finds_nothing_serious(browser: Browser, club: ClubSite, viewport: dict[str, int]) -> None:
    """In the dark it checks the colours only, because the rest is the same."""
    club.run(f"add_thread({club.club.pk}, {club.club.members[1]}, 6)")
    club.run(f"add_flood({club.club.pk}, {club.club.members[2]}, 12)")
    page = club.feed(browser, 0, viewport=viewport, reduced_motion="reduce")
    assert findings_by_scheme(page) == {}
    page.get_by_text("2 more at").click()
    page.get_by_text("earlier replies").click()
    page.locator(".entry-post").get_by_role("link", name="Reply").first.click()
    page.keyboard.type("Hello @")
    expect(page.get_by_role("listbox")).to_be_visible()
    assert findings_by_scheme(page) == {}
    page.keyboard.press("Escape")
    page.locator(".entry-post").get_by_role("link", name="More about this post").first.click()
    page.get_by_role("dialog").locator("summary", has_text="Report").click()
    assert findings_by_scheme(page) == {}
    page.goto(page.locator(".entry-post [data-slot=more]").first.evaluate("link => link.href"))
    assert findings_by_scheme(page) == {}
