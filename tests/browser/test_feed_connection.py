"""A feed whose connection is slow to come, is lost for good, or belongs to somebody who may read no longer."""

import json
import re

import pytest
from playwright.sync_api import Browser, Route, WebSocketRoute, expect

from tests.browser.club_site import ClubSite, eventually, told, write

pytestmark = [pytest.mark.services, pytest.mark.browser]


def test_server_that_takes_the_call_and_says_nothing_is_dialled_anew(browser: Browser, club: ClubSite) -> None:
    page = club.context(browser, 0).new_page()
    dialled: list[WebSocketRoute] = []

    def pick_up(socket: WebSocketRoute) -> None:
        dialled.append(socket)
        if len(dialled) > 2:
            socket.connect_to_server()

    page.route_web_socket("**/ws/**", pick_up)
    page.clock.install()
    page.goto(club.site.url + club.path)
    page.clock.run_for(50_000)  # two that say nothing for 20 seconds each, and two pauses of three at most

    expect(page.locator("[data-connection]")).to_have_text("Live")
    assert len(dialled) == 3


@pytest.mark.parametrize("resets", [False, True])
def test_back_off_grows_until_a_connection_has_stood_for_ten_seconds(
    browser: Browser, club: ClubSite, resets: bool
) -> None:
    """A server that closes right after `hello`, or makes the page redial, is dialled after 0.5 s, 1 s, 2 s, 4 s, 8 s,
    15 s with a die that always shows the middle; after a connection that stood, the first pause is short again."""
    page = club.context(browser, 0).new_page()
    page.add_init_script("Math.random = () => 0.5")
    dialled: list[WebSocketRoute] = []
    closes_at_once = True

    def pick_up(socket: WebSocketRoute) -> None:
        dialled.append(socket)
        nothing = {"entries": [], "complete": True, "watching": {"members": 0, "screens": 0}}
        socket.send(json.dumps({"type": "hello", "epoch": "e", "seq": 0} | nothing))
        if closes_at_once and resets:
            socket.send('{"type":"feed.reset","seq":0}')
        elif closes_at_once:
            socket.close(code=1011)

    def pass_seconds(seconds: int) -> None:
        for _ in range(seconds):
            page.clock.run_for(1_000)
            page.wait_for_timeout(30)  # what the socket does takes real time

    page.route_web_socket("**/ws/**", pick_up)
    page.clock.install()
    page.goto(club.site.url + club.path)
    pass_seconds(29)
    assert 5 <= len(dialled) <= 7

    closes_at_once = False
    pass_seconds(16)
    stands = len(dialled)
    pass_seconds(11)
    assert len(dialled) == stands
    dialled[-1].close(code=1011)
    page.wait_for_timeout(100)
    pass_seconds(2)
    assert len(dialled) == stands + 1


@pytest.mark.parametrize(
    ("code", "words", "spoken"),
    [
        (4429, "Too many messages: reload the page", "Too many messages: reload the page"),
        (1006, re.compile("^Reconnecting"), "Reconnecting"),
    ],
)
def test_forms_work_where_there_is_no_connection_to_be_had(
    browser: Browser, club: ClubSite, code: int, words: str, spoken: str
) -> None:
    """The server has closed the socket for good, or a proxy lets none through. Screen readers hear the state without
    its countdown."""
    page = club.context(browser, 0).new_page()
    page.route_web_socket("**/ws/**", lambda socket: socket.close(code=code))
    page.clock.install()
    page.goto(club.site.url + club.path)
    page.clock.run_for(11_000)
    expect(page.locator("[data-connection]")).to_have_text(words)
    expect(page.locator("[data-status]")).to_have_text(spoken)

    write(page, "By form")
    expect(told(page, "By form")).to_be_visible()
    expect(page.get_by_label("Write to the club")).to_have_value("")
    page.clock.run_for(11_000)
    page.get_by_role("button", name="Cheer").click()

    expect(page.get_by_role("link", name="1 cheer")).to_be_visible()
    expect(page.get_by_role("button", name="Cheer")).to_have_attribute("aria-pressed", "true")


def test_error_takes_back_the_cheer_that_it_is_about_and_nothing_else(browser: Browser, club: ClubSite) -> None:
    """While another cheer and a post still wait for their answers."""
    bruno = club.feed(browser, 1)
    for text in ("Muddy today", "Icy too"):
        write(bruno, text)
        expect(told(bruno, text)).to_be_visible()
    page = club.context(browser, 0).new_page()
    sent: list[dict[str, str]] = []

    def answer(socket: WebSocketRoute) -> None:
        site = socket.connect_to_server()
        socket.on_message(
            lambda text: sent.append(command) if "ref" in (command := json.loads(text)) else site.send(text)
        )
        sockets.append(socket)

    sockets: list[WebSocketRoute] = []
    page.route_web_socket("**/ws/**", answer)
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


def test_older_ones_are_asked_for_again_after_an_answer_that_is_none(browser: Browser, club: ClubSite) -> None:
    club.run(f"add_entries({club.club.pk}, {club.club.members[1]}, 70)")
    page = club.context(browser, 0).new_page()
    answers = iter(["<h1>Accept our terms</h1>"])

    def in_between(route: Route) -> None:
        html = next(answers, None)
        route.fulfill(body=html, content_type="text/html") if html else route.continue_()

    page.route("**/entries/?before=*", in_between)
    page.goto(club.site.url + club.path)
    expect(page.locator(".entry")).to_have_count(20)

    page.locator("[data-older-link] a").scroll_into_view_if_needed()

    expect(page.locator(".entry")).to_have_count(70)


def test_signed_out_elsewhere_is_told_in_words_and_shows_nothing(browser: Browser, club: ClubSite) -> None:
    club.run(f"add_entries({club.club.pk}, {club.club.members[1]}, 60)")
    page = club.feed(browser, 0)
    page.get_by_label("Write to the club").fill("Half a thought")
    write(club.feed(browser, 1), "Something for members")
    expect(page.locator("[data-status]")).to_contain_text("Something for members")

    club.visitor(0).post("/accounts/logout/", club.path)

    expect(page.locator("[data-connection]")).to_have_text("Signed out")
    expect(page.get_by_role("heading", name="You're signed out")).to_be_visible()
    left = page.locator("[data-feed]").text_content()
    assert left
    assert not [word for word in ("Something", "Number", "watching", "Alva", "Bruno") if word in left]
    expect(page.locator(".entry")).to_have_count(0)
    assert page.evaluate("document.activeElement.closest('[data-over]') !== null")
    page.mouse.wheel(0, 5000)
    page.wait_for_timeout(300)
    expect(page.locator(".entry")).to_have_count(0)
    page.get_by_role("link", name="Sign in").last.click()
    expect(page).to_have_url(re.compile(rf"/accounts/login/\?next={club.path}$"))


def test_removed_member_reads_nothing_any_more(browser: Browser, club: ClubSite) -> None:
    """At once with the page open; and who was away meanwhile, when they are back."""
    club.run(f"add_entries({club.club.pk}, {club.club.members[1]}, 3); make_captain({club.club.members[2]})")
    here, away = club.feed(browser, 0), club.context(browser, 0).new_page()
    is_back = False
    away.route_web_socket("**/ws/**", lambda socket: socket.connect_to_server() if is_back else socket.close(code=1011))
    away.goto(club.site.url + club.path)
    expect(away.locator(".entry")).to_have_count(3)

    removed = f"{club.path}manage/members/{club.club.members[0]}/remove/"
    assert club.visitor(2).post(removed, f"{club.path}manage/").status_code == 302

    expect(here.get_by_role("heading", name="You're no longer in this club")).to_be_visible()
    expect(here.locator(".entry")).to_have_count(0)
    is_back = True
    away.evaluate("dispatchEvent(new Event('online'))")  # otherwise it may wait for half a minute
    expect(away.get_by_role("heading", name="You can't see this club any more")).to_be_visible()
    expect(away.locator(".entry")).to_have_count(0)


def test_open_pages_start_over_after_a_backup_was_restored(browser: Browser, club: ClubSite) -> None:
    """With a lower number than they know, and then with other entries under the numbers that they knew."""
    club.ran(1)
    club.share(1)
    alva, wall = club.feed(browser, 0), club.wall(browser)
    for text in ("First", "Second", "Third"):
        write(alva, text)
        expect(told(alva, text)).to_be_visible()
    expect(wall.locator("[data-wall]")).to_contain_text("Bushy")

    club.run(f"restore({club.club.pk})")

    expect(told(alva, "Third")).to_have_count(0)
    expect(alva.get_by_text("No parkruns yet")).to_be_visible()
    expect(wall.locator("[data-wall]")).not_to_contain_text("Bushy")
    expect(alva.locator("[data-connection]")).to_have_text("Live")
    club.run(f"post({club.club.members[1]}, {club.club.pk}, 'After the restore')")
    expect(told(alva, "After the restore")).to_be_visible()
    club.ran(1)
    club.share(1)
    expect(wall.locator("[data-wall]")).to_contain_text("Bushy")
