"""The log format: one line per event, with secrets masked."""

import logging
import secrets
from collections import Counter

import pytest

from site_config import logs
from site_config.logs import CountingHandler, KeyValueFormatter, masked, request_id, without_secrets

KEY = "SGPfwben7K9LM6qgWrttswNnYFg0-aqUcyLhDA_u8mE"


def formatted(message: str, *arguments: object, **extra: object) -> str:
    record = logging.getLogger("rooms").makeRecord("rooms", logging.INFO, "", 0, message, arguments, None, extra=extra)
    return KeyValueFormatter().format(record)


def test_event_is_one_line_of_key_value_pairs() -> None:
    line = formatted("run finished", found=3, note='two "words"\nand a line')

    assert line.split(" ", 1)[1] == (
        r'level=info logger=rooms event="run finished" found=3 note="two \"words\"\\nand a line"'.replace(r"\\n", r"\n")
    )


def test_event_in_a_request_has_its_id() -> None:
    token = request_id.set("abc-123")
    try:
        assert " request=abc-123 " in formatted("saved")
    finally:
        request_id.reset(token)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/clubs/hill/screen/s3cret/", "/clubs/hill/screen/***/"),
        ("/ws/screens/s3cret/", "/ws/screens/***/"),
        ("/join/s3cret/", "/join/***/"),
        ("/strava/webhook/s3cret/", "/strava/webhook/***/"),
        ("/strava/webhook/s3cret", "/strava/webhook/***"),
        ("/strava/webhooks/s3cret/x/", "/strava/webhooks/***/x/"),
        ("?hub.mode=subscribe&hub.verify_token=s3cret", "?hub.mode=subscribe&hub.verify_token=***"),
        ("/accounts/password/reset/key/1-s3cret/", "/accounts/password/reset/key/***/"),
        ("Authorization: Bearer s3cret", "Authorization: Bearer ***"),
        ("{'text': 'satlive_w_Zk3-s3cret_s3cret_s3cret_s3cret'}", "{'text': 'satlive_w_***'}"),
        ("no token: satlive_r_x", "no token: satlive_r_x"),
        ("/callback/?code=s3cret&state=s3cret", "/callback/?code=***&state=***"),
        ("/join//s3cret/", "/join//***/"),
        ("/accounts/confirm-email/s3cret/", "/accounts/confirm-email/***/"),
        ("{'access_token': 's3cret', 'expires_in': 3}", "{'access_token': '***', 'expires_in': 3}"),
        ('{"refresh_token":"s3cret"}', '{"refresh_token":"***"}'),
        ("/JOIN/s3cret/", "/JOIN/***/"),
        ("//join/s3cret", "//join/***"),
        ("/x/join/s3cret/y", "/x/join/***/y"),
        ("join/s3cret", "join/***"),
        ("/join\\s3cret", "/join\\***"),
        ("/Clubs/hill/Screen/s3cret/", "/Clubs/hill/Screen/***/"),
        ("/clubs/hill/screens/s3cret/", "/clubs/hill/screens/***/"),
        ("/Accounts/Password/Reset/Key/1-s3cret/", "/Accounts/Password/Reset/Key/***/"),
        ("/accounts//password//reset//key//1-s3cret/", "/accounts//password//reset//key//***/"),
        ("/j%6Fin/s3cret/", "/join/***/"),
        ("/join%2Fs3cret%2f", "/join/***/"),
        ("/join%252Fs3cret", "/join/***"),
        ("/clubs/%68ill/screen/s3cret", "/clubs/hill/screen/***"),
        (f"/{KEY}", "/***"),
        (f"/join{KEY}/", "/***/"),
        (f"/screen:{KEY}", "/screen:***"),
        (f"/clubs/hill/sceren/{KEY}/figures/", "/clubs/hill/sceren/***/figures/"),
        (f"/%6Aoin{KEY}", "/***"),
        ("/clubs/%C3%A9/", "/clubs/%C3%A9/"),
        ("/a/100%/", "/a/100%/"),
        (f"/clubs/{'long-' * 8}/", f"/clubs/{'long-' * 8}/"),
        ("joined /clubs/hill/", "joined /clubs/hill/"),
        ("/clubs/hill/", "/clubs/hill/"),
        ("CSRF token missing.", "CSRF token missing."),
        ("answered with status code 500", "answered with status code 500"),
    ],
)
def test_keys_and_tokens_are_masked(path: str, shown: str) -> None:
    assert masked(path) == shown


def test_control_characters_are_escaped() -> None:
    line = formatted("said \x1b[31m\x00\u2028\x85red")

    assert line.isprintable()


def test_secret_in_an_argument_or_a_field_is_masked() -> None:
    line = formatted("asked for %s", "/join/s3cret/", path="/ws/screens/s3cret/")

    assert "s3cret" not in line


def test_error_report_contains_no_cookies_and_no_keys() -> None:
    request = {"url": "http://x/join/s3cret/", "cookies": {"sessionid": "s3cret"}, "headers": {"Cookie": "s3cret"}}

    assert "s3cret" not in str(without_secrets({"request": request}, {}))


def test_key_anywhere_in_a_path_is_masked() -> None:
    for _ in range(200):
        key = secrets.token_urlsafe(32)

        assert key not in masked(f"/nowhere/{key}/")
        assert key not in masked(f"GET /{key}?a=b HTTP/1.1")


def test_errors_beyond_many_kinds_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    monkeypatch.setattr(logs, "LOGGED_ERRORS", counts)
    monkeypatch.setattr(logs, "MOST_KINDS", 2)
    handler = CountingHandler()

    for name in ("a", "b", "c", "a", "d"):
        handler.handle(logging.makeLogRecord({"name": name, "levelno": logging.ERROR}))

    assert counts == {("a", ""): 2, ("b", ""): 1, ("other", ""): 2}
