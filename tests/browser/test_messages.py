"""Two people write to each other in real browsers, while networks fail, people sign out and messages keep arriving."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.axe import grave_findings
from tests.browser.club_site import ClubSite

pytestmark = [pytest.mark.services, pytest.mark.browser]

MODEL = Path(__file__).with_name("messages_model.js").read_text()
RUN_MODEL = """async ([addresses, seeds, model]) => {
  const modules = Object.assign({}, ...(await Promise.all(addresses.map((address) => import(address)))));
  const run = eval(model);
  return seeds.map((seed) => run(modules, seed, 300)).filter(Boolean).slice(0, 3);
}"""
KEEP_SOCKETS = """window.sockets = [];
window.WebSocket = class extends WebSocket {
  constructor(...address) { super(...address); sockets.push(this); }
};"""


def path_to(club: ClubSite, member: int) -> str:
    return f"{club.site.url}/messages/{club.club.members[member]}/"


def talk(club: ClubSite, browser: Browser, member: int, other: int, **options: Any) -> Page:
    """Open a member's conversation with another, and wait until its socket is connected."""
    page = club.context(browser, member, **options).new_page()
    page.goto(path_to(club, other))
    expect(page.locator("[data-connection]")).to_have_text("Live")
    return page


def field(page: Page) -> Locator:
    return page.get_by_label(re.compile("^Message to"))


def write(page: Page, text: str) -> None:
    field(page).fill(text)
    page.get_by_role("button", name="Send").click()


def texts(page: Page) -> list[str]:
    """Return the texts of the stored messages, oldest first."""
    return page.locator("[data-list] [data-slot=text]").all_inner_texts()


def add_messages(club: ClubSite, sender: int, recipient: int, count: int) -> None:
    members = club.club.members
    club.run(f"add_messages({members[sender]}, {members[recipient]}, {count})")


def test_two_people_talk(browser: Browser, club: ClubSite) -> None:
    """From the clubmate's page to a conversation that is live on both sides, and accessible in both themes."""
    alva = club.context(browser, 0, color_scheme="light").new_page()
    bruno = club.context(browser, 1, color_scheme="dark").new_page()
    bruno.goto(f"{club.site.url}/messages/")
    expect(bruno.get_by_role("heading", name="No messages yet")).to_be_visible()
    expect(bruno.locator("[data-connection]")).to_have_text("Live")
    assert grave_findings(bruno) == []

    alva.goto(f"{club.site.url}/athletes/{club.club.members[1]}/")
    alva.get_by_role("link", name="Write a message").click()
    expect(alva.get_by_text("Say hello to Alva B.")).to_be_visible()
    expect(alva.locator("[data-connection]")).to_have_text("Live")
    field(alva).fill("Are you running")
    field(alva).press("Shift+Enter")
    field(alva).press_sequentially("tomorrow? https://a.example/run")
    field(alva).press("Enter")
    expect(alva.locator(".bubble-text")).to_have_text("You: Are you running\ntomorrow? https://a.example/run")
    expect(alva.get_by_role("link", name="https://a.example/run", exact=True)).to_be_visible()
    expect(alva.locator("[data-list] .bubble-state")).to_have_text("Delivered")
    expect(field(alva)).to_have_value("")
    expect(field(alva)).to_be_focused()
    expect(alva.get_by_text("Say hello to")).to_be_hidden()

    expect(bruno.locator(".conversation-row")).to_contain_text("1 unread")
    assert grave_findings(bruno) == []
    bruno.get_by_role("link", name="Alva B.").click()
    expect(alva.locator("[data-list] .bubble-state")).to_have_text("Read")
    write(bruno, "I am!")
    write(bruno, "Shall I pick you up?")
    expect(alva.locator(".bubble-theirs .bubble-text").last).to_have_text("Alva B.: Shall I pick you up?")
    expect(bruno.locator("[data-list] .bubble-state").last).to_have_text("Read")
    expect(alva.locator(".bubble-day:visible")).to_have_text(["Today"])
    expect(alva.locator(".bubble-joined")).to_have_count(1)
    for page in (alva, bruno):
        assert grave_findings(page) == []

    first = bruno.locator(".bubble-mine").first
    first.hover()
    first.locator("summary").click()
    assert grave_findings(bruno) == []
    first.get_by_role("button", name="Delete message").click()
    for page in (alva, bruno):
        expect(page.locator(".bubble-deleted")).to_contain_text("Message deleted")
    before = texts(alva)
    alva.reload()
    expect(alva.locator(".bubble")).to_have_count(3)
    assert texts(alva) == before


def test_everything_arrives_once_and_in_order_after_an_outage(browser: Browser, club: ClubSite) -> None:
    """Alva's phone loses its network while Bruno writes 30 messages. The header of her second device counts them."""
    alva, second = talk(club, browser, 0, 1), club.context(browser, 0).new_page()
    second.goto(f"{club.site.url}/messages/")
    expect(second.locator("[data-connection]")).to_have_text("Live")
    bruno = talk(club, browser, 1, 0)
    alva.add_init_script(KEEP_SOCKETS)
    alva.reload()
    expect(alva.locator("[data-connection]")).to_have_text("Live")

    alva.context.set_offline(True)
    alva.evaluate("sockets.forEach((socket) => socket.close())")
    expect(alva.locator("[data-connection]")).to_have_text("Offline")
    for text in ("One from the hill", "Two from the hill"):
        write(alva, text)
    pending = alva.locator("[data-pending] .bubble")
    expect(pending).to_have_count(2)
    expect(pending.last).to_contain_text("We'll send this when you're back online")

    unread, count = second.locator(".conversation-unread"), second.locator("[data-messages-count]")
    sent = [f"no. {number}" for number in range(1, 31)]
    for number, text in enumerate(sent, start=1):
        field(bruno).fill(text)
        field(bruno).press("Enter")
        if number % 10 == 0:
            expect(count).to_have_text(str(number))
            expect(unread).to_have_text(f"{number} unread")
    assert texts(alva) == []

    alva.context.set_offline(False)
    expect(alva.locator("[data-connection]")).to_have_text("Live")
    expect(alva.locator("[data-list] .bubble")).to_have_count(32)
    expect(pending).to_have_count(0)
    mine = ["One from the hill", "Two from the hill"]
    assert [text for text in texts(alva) if text not in mine] == sent
    assert [text for text in texts(alva) if text in mine] == mine
    expect(bruno.locator(".bubble-theirs")).to_have_count(2)
    assert texts(bruno) == texts(alva)
    expect(count).to_be_hidden()
    expect(unread).to_have_count(0)
    expect(bruno.locator("[data-list] .bubble-mine .bubble-state").last).to_have_text("Read")


def test_new_messages_do_not_move_what_is_being_read(browser: Browser, club: ClubSite) -> None:
    add_messages(club, 1, 0, 70)
    alva, bruno = talk(club, browser, 0, 1), talk(club, browser, 1, 0)
    expect(alva.locator(".bubble-unread")).to_be_in_viewport()
    alva.get_by_text("no. 69").scroll_into_view_if_needed()
    expect(bruno.locator("[data-list] .bubble-state").last).to_have_text("Read")

    alva.mouse.move(300, 300)
    alva.mouse.wheel(0, -100_000)
    expect(alva.locator("[data-list] .bubble")).to_have_count(60)
    alva.mouse.wheel(0, -100_000)
    expect(alva.locator("[data-list] .bubble")).to_have_count(70)
    read = alva.get_by_text("no. 20", exact=True)
    read.scroll_into_view_if_needed()
    alva.wait_for_timeout(100)
    before = read.bounding_box()
    for text in ("A", "B", "C"):
        write(bruno, text)
    new = alva.get_by_role("button", name="3 new")
    expect(new).to_be_visible()
    assert read.bounding_box() == before
    expect(bruno.locator("[data-list] .bubble-state").last).to_have_text("Delivered")

    new.click()
    expect(alva.get_by_text("C", exact=True)).to_be_in_viewport()
    expect(new).to_be_hidden()
    expect(bruno.locator("[data-list] .bubble-state").last).to_have_text("Read")
    assert texts(alva) == [*(f"no. {number}" for number in range(70)), "A", "B", "C"]


def test_messages_are_read_only_while_the_page_is_visible(browser: Browser, club: ClubSite) -> None:
    alva, bruno = talk(club, browser, 0, 1), talk(club, browser, 1, 0)
    hide = """(hidden) => {
      Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    alva.evaluate(hide, True)
    write(bruno, "Are you there?")
    expect(alva.get_by_text("Are you there?")).to_be_visible()
    expect(bruno.locator("[data-list] .bubble-state")).to_have_text("Delivered")
    alva.evaluate(hide, False)
    expect(bruno.locator("[data-list] .bubble-state")).to_have_text("Read")


def test_enter_begins_a_line_on_a_phone(browser: Browser, club: ClubSite) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    alva = talk(club, browser, 0, 1, **phone)
    height = field(alva).bounding_box()
    field(alva).press_sequentially("One\nTwo\nThree")
    assert field(alva).input_value() == "One\nTwo\nThree"
    grown = field(alva).bounding_box()
    assert height
    assert grown
    assert grown["height"] > height["height"]
    assert grave_findings(alva) == []
    field(alva).press("Control+Enter")
    expect(alva.locator(".bubble-text")).to_have_text("You: One\nTwo\nThree")
    overflow = alva.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0


def test_signing_out_elsewhere_says_so_and_keeps_the_text(browser: Browser, club: ClubSite) -> None:
    add_messages(club, 1, 0, 3)
    alva = talk(club, browser, 0, 1)
    field(alva).fill("Half a thought")

    club.visitor(0).post("/accounts/logout/", "/messages/")

    expect(alva.get_by_role("heading", name="You're signed out")).to_be_visible()
    expect(alva.locator(".bubble")).to_have_count(0)
    remaining = alva.locator("main").text_content() or ""
    assert not [word for word in ("Alva", "no. 1", "Half") if word in remaining]
    assert "Alva" not in alva.title()
    expect(alva.get_by_role("link", name="Sign in").last).to_have_attribute(
        "href", re.compile(r"\?next=/messages/\d+/$")
    )

    club.sign_in_again(0, alva)
    alva.goto(path_to(club, 1))
    expect(field(alva)).to_have_value("Half a thought")


def test_refused_message_says_why_and_can_be_edited(browser: Browser, club: ClubSite) -> None:
    """Bruno hides his name while Alva's page is open. Her page says so, also after a reload."""
    add_messages(club, 1, 0, 1)
    alva = talk(club, browser, 0, 1)
    write(alva, "x" * 2001)
    expect(alva.get_by_role("alert")).to_have_text("That's 2,001 characters; a message can have up to 2,000.")
    write(alva, "\u200b \u2060")  # invisible characters, which only the server detects
    refused = alva.locator("[data-pending] .bubble")
    expect(refused).to_contain_text("Write something first.")
    refused.get_by_role("button", name="Edit").click()
    expect(refused).to_have_count(0)

    club.share(1, parkruns=False, shown_as="hidden")
    write(alva, "Still there?")
    expect(refused).to_contain_text("You can't send messages to this person")
    refused.get_by_role("button", name="Try again").click()
    expect(refused).to_contain_text("You can't send messages to this person")
    refused.get_by_role("button", name="Edit").click()
    expect(field(alva)).to_have_value("Still there?")
    expect(refused).to_have_count(0)

    alva.reload()
    expect(alva.get_by_text("You can't send messages to this person")).to_be_visible()
    expect(alva.get_by_text("no. 0")).to_be_visible()
    expect(field(alva)).to_have_count(0)


def test_messages_work_without_javascript(browser: Browser, club: ClubSite) -> None:
    add_messages(club, 1, 0, 40)
    page = club.context(browser, 0, java_script_enabled=False).new_page()
    page.goto(f"{club.site.url}/messages/")
    expect(page.locator(".conversation-row")).to_contain_text("40 unread")
    page.get_by_role("link", name="Alva B.").click()
    page.get_by_role("button", name="Mark as read").click()
    expect(page.get_by_role("button", name="Mark as read")).to_have_count(0)

    page.get_by_role("link", name="Show older").click()
    expect(page.locator(".bubble-text")).to_have_count(10)
    page.get_by_role("link", name="Back to the newest").click()
    write(page, "   ")
    expect(page.get_by_role("alert")).to_have_text("Write something first.")
    write(page, "Plainly")
    own = page.locator(".bubble-mine")
    expect(own).to_contain_text("Plainly")
    own.hover()
    own.locator("summary").click()
    own.get_by_role("button", name="Delete message").click()
    expect(page.locator(".bubble-deleted")).to_contain_text("Message deleted")


def test_by_form_when_the_socket_is_blocked(browser: Browser, club: ClubSite) -> None:
    page = club.context(browser, 0).new_page()
    page.route_web_socket("**/ws/messages/**", lambda socket: socket.close(code=1006))
    page.clock.install()
    page.goto(path_to(club, 1))
    page.clock.run_for(11_000)
    write(page, "By form")
    expect(page.locator("[data-list] .bubble-text")).to_have_text("You: By form")
    expect(field(page)).to_have_value("")


def test_model_of_unreliable_networks(browser: Browser, club: ClubSite) -> None:
    """Whatever is lost, repeated or reloaded, the page has each message once and in order, and so has the server."""
    page = club.context(browser, bypass_csp=True).new_page()
    page.goto(f"{club.site.url}/privacy/")
    modules = [f"{club.site.url}/static/js/messages/{name}.js" for name in ("conversation_state", "unsent")]
    assert page.evaluate(RUN_MODEL, [modules, list(range(1, 401)), MODEL]) == []
