"""A feed whose connection is slow, is lost for good, or belongs to a member who has lost access."""

import json
import re

import pytest
from playwright.sync_api import Browser, Route, WebSocketRoute, expect

from tests.browser.club_site import ClubSite, eventually, text_in_feed, write

pytestmark = [pytest.mark.services, pytest.mark.browser]


def test_silent_connection_is_replaced_by_a_new_one(browser: Browser, club: ClubSite) -> None:
    page = club.context(browser, 0).new_page()
    dialled: list[WebSocketRoute] = []

    def accept(socket: WebSocketRoute) -> None:
        dialled.append(socket)
        if len(dialled) > 2:
            socket.connect_to_server()

    page.route_web_socket("**/ws/clubs/**", accept)
    page.route_web_socket("**/ws/notifications/", lambda header: None)  # its server would not keep up with the clock
    page.clock.install()
    page.goto(club.site.url + club.path)
    page.clock.run_for(50_000)  # two silent connections of 20 s each, and two pauses of at most 3 s

    expect(page.locator("[data-connection]")).to_have_text("Live")
    assert len(dialled) == 3


@pytest.mark.parametrize("resets", [False, True])
def test_back_off_grows_until_a_connection_has_lasted_ten_seconds(
    browser: Browser, club: ClubSite, resets: bool
) -> None:
    """The pauses grow while the server closes each socket right after `hello`, or resets the feed.

    With Math.random fixed at 0.5, the page reconnects after 0.5 s, 1 s, 2 s, 4 s, 8 s and 15 s. The pause after a
    connection that has lasted is short again.
    """
    page = club.context(browser, 0).new_page()
    page.add_init_script("Math.random = () => 0.5")
    dialled: list[WebSocketRoute] = []
    closes_at_once = True

    def accept(socket: WebSocketRoute) -> None:
        dialled.append(socket)
        empty_feed = {"entries": [], "complete": True, "watching": {"members": 0, "screens": 0}}
        socket.send(json.dumps({"type": "hello", "epoch": "e", "seq": 0} | empty_feed))
        if closes_at_once and resets:
            socket.send('{"type":"feed.reset","seq":0}')
        elif closes_at_once:
            socket.close(code=1011)

    def pass_seconds(seconds: int) -> None:
        for _ in range(seconds):
            page.clock.run_for(1_000)
            page.wait_for_timeout(30)  # the socket runs in real time, not on the page's clock

    page.route_web_socket("**/ws/clubs/**", accept)
    page.clock.install()
    page.goto(club.site.url + club.path)
    pass_seconds(29)
    assert 5 <= len(dialled) <= 7

    closes_at_once = False
    pass_seconds(16)
    connections = len(dialled)
    pass_seconds(11)
    assert len(dialled) == connections
    dialled[-1].close(code=1011)
    page.wait_for_timeout(100)
    pass_seconds(2)
    assert len(dialled) == connections + 1


@pytest.mark.parametrize(
    ("code", "words", "spoken"),
    [
        (4429, "Too many messages: reload the page", "Too many messages: reload the page"),
        (1006, re.compile("^Reconnecting"), "Reconnecting"),
    ],
)
def test_forms_work_without_a_socket(browser: Browser, club: ClubSite, code: int, words: str, spoken: str) -> None:
    """The server has closed the socket with a code that forbids reconnecting, or a proxy blocks WebSockets.

    Screen readers get the state of the connection without its countdown.
    """
    page = club.context(browser, 0).new_page()
    page.route_web_socket("**/ws/clubs/**", lambda socket: socket.close(code=code))
    page.clock.install()
    page.goto(club.site.url + club.path)
    page.clock.run_for(11_000)
    expect(page.locator("[data-connection]")).to_have_text(words)
    expect(page.locator("[data-status]")).to_have_text(spoken)

    write(page, "By form")
    expect(text_in_feed(page, "By form")).to_be_visible()
    expect(page.get_by_label("Write to the club")).to_have_value("")
    page.clock.run_for(11_000)
    page.get_by_role("button", name="Cheer").click()

    expect(page.get_by_role("link", name="1 cheer")).to_be_visible()
    expect(page.get_by_role("button", name="Cheer")).to_have_attribute("aria-pressed", "true")


def test_error_undoes_only_the_cheer_it_refers_to(browser: Browser, club: ClubSite) -> None:
    """A second cheer and a post, which are still waiting for their answers, stay on the page."""
    bruno = club.feed(browser, 1)
    for text in ("Muddy today", "Icy too"):
        write(bruno, text)
        expect(text_in_feed(bruno, text)).to_be_visible()
    page = club.context(browser, 0).new_page()
    sent: list[dict[str, str]] = []

    def hold_commands(socket: WebSocketRoute) -> None:
        site = socket.connect_to_server()
        socket.on_message(
            lambda text: sent.append(command) if "ref" in (command := json.loads(text)) else site.send(text)
        )
        sockets.append(socket)

    sockets: list[WebSocketRoute] = []
    page.route_web_socket("**/ws/clubs/**", hold_commands)
    page.goto(club.site.url + club.path)
    expect(page.locator("[data-connection]")).to_have_text("Live")
    icy, muddy = (page.locator(".entry").nth(place).get_by_role("button", name="Cheer") for place in (0, 1))

    icy.click()
    muddy.click()
    write(page, "Still on its way")
    eventually(lambda: len(sent) == 3, page)
    sockets[-1].send(json.dumps({"type": "error", "code": "try_again", "message": "Not now.", "ref": sent[1]["ref"]}))

    expect(page.locator("[data-status]")).to_have_text("Not now.")
    expect(muddy).to_have_attribute("aria-pressed", "false")
    expect(icy).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Write to the club")).not_to_be_editable()


def test_older_entries_are_requested_again_after_an_invalid_answer(browser: Browser, club: ClubSite) -> None:
    club.run(f"add_entries({club.club.pk}, {club.club.members[1]}, 70)")
    page = club.context(browser, 0).new_page()
    answers = iter(["<h1>Accept our terms</h1>"])

    def answer_with_html_once(route: Route) -> None:
        html = next(answers, None)
        route.fulfill(body=html, content_type="text/html") if html else route.continue_()

    page.route("**/entries/?before=*", answer_with_html_once)
    page.goto(club.site.url + club.path)
    expect(page.locator(".entry")).to_have_count(20)

    page.locator("[data-older-link] a").scroll_into_view_if_needed()

    expect(page.locator(".entry")).to_have_count(70)


def test_signing_out_elsewhere_empties_the_page_and_says_so(browser: Browser, club: ClubSite) -> None:
    club.run(f"add_entries({club.club.pk}, {club.club.members[1]}, 60)")
    page = club.feed(browser, 0)
    page.get_by_label("Write to the club").fill("Half a thought")
    write(club.feed(browser, 1), "Something for members")
    expect(page.locator("[data-status]")).to_contain_text("Something for members")

    club.visitor(0).post("/accounts/logout/", club.path)

    expect(page.locator("[data-connection]")).to_have_text("Signed out")
    expect(page.get_by_role("heading", name="You're signed out")).to_be_visible()
    remaining = page.locator("[data-feed]").text_content()
    assert remaining
    assert not [word for word in ("Something", "Number", "watching", "Alva", "Bruno") if word in remaining]
    expect(page.locator(".entry")).to_have_count(0)
    assert page.evaluate("document.activeElement.closest('[data-over]') !== null")
    page.mouse.wheel(0, 5000)
    page.wait_for_timeout(300)
    expect(page.locator(".entry")).to_have_count(0)
    page.get_by_role("link", name="Sign in").last.click()
    expect(page).to_have_url(re.compile(rf"/accounts/login/\?next={club.path}$"))


def test_removed_member_can_no_longer_read_the_feed(browser: Browser, club: ClubSite) -> None:
    """An open page is emptied at once; a page that was disconnected is emptied when it reconnects."""
    club.run(f"add_entries({club.club.pk}, {club.club.members[1]}, 3); make_captain({club.club.members[2]})")
    connected, disconnected = club.feed(browser, 0), club.context(browser, 0).new_page()
    may_connect = False
    disconnected.route_web_socket(
        "**/ws/clubs/**", lambda socket: socket.connect_to_server() if may_connect else socket.close(code=1011)
    )
    disconnected.goto(club.site.url + club.path)
    expect(disconnected.locator(".entry")).to_have_count(3)

    removed = f"{club.path}manage/members/{club.club.members[0]}/remove/"
    assert club.visitor(2).post(removed, f"{club.path}manage/").status_code == 302

    expect(connected.get_by_role("heading", name="You're no longer in this club")).to_be_visible()
    expect(connected.locator(".entry")).to_have_count(0)
    may_connect = True
    disconnected.evaluate("dispatchEvent(new Event('online'))")  # skip the back-off, which can be 30 s
    expect(disconnected.get_by_role("heading", name="You can't see this club any more")).to_be_visible()
    expect(disconnected.locator(".entry")).to_have_count(0)


def test_open_pages_reload_their_entries_after_a_backup_is_restored(browser: Browser, club: ClubSite) -> None:
    """The restored feed has a lower seq than the pages know; later entries reuse the old seqs."""
    club.add_parkrun(1)
    club.share(1)
    alva, wall = club.feed(browser, 0), club.wall(browser)
    for text in ("First", "Second", "Third"):
        write(alva, text)
        expect(text_in_feed(alva, text)).to_be_visible()
    expect(wall.locator("[data-wall]")).to_contain_text("Bushy")

    club.run(f"restore({club.club.pk})")

    expect(text_in_feed(alva, "Third")).to_have_count(0)
    expect(alva.get_by_text("No parkruns yet")).to_be_visible()
    expect(wall.locator("[data-wall]")).not_to_contain_text("Bushy")
    expect(alva.locator("[data-connection]")).to_have_text("Live")
    club.run(f"post({club.club.members[1]}, {club.club.pk}, 'After the restore')")
    expect(text_in_feed(alva, "After the restore")).to_be_visible()
    club.add_parkrun(1)
    club.share(1)
    expect(wall.locator("[data-wall]")).to_contain_text("Bushy")
