"""A line an event, and no secret in any of them."""

import logging

import pytest

from site_config.logs import KeyValueFormatter, masked, request_id, without_secrets


def formatted(message: str, *arguments: object, **extra: object) -> str:
    record = logging.getLogger("rooms").makeRecord("rooms", logging.INFO, "", 0, message, arguments, None, extra=extra)
    return KeyValueFormatter().format(record)


def test_event_is_one_line_of_keys_and_values() -> None:
    line = formatted("run finished", found=3, note='two "words"\nand a line')

    assert line.split(" ", 1)[1] == (
        r'level=info logger=rooms event="run finished" found=3 note="two \"words\"\\nand a line"'.replace(r"\\n", r"\n")
    )


def test_event_inside_a_request_names_it() -> None:
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
        ("/accounts/password/reset/key/1-s3cret/", "/accounts/password/reset/key/***/"),
        ("Authorization: Bearer s3cret", "Authorization: Bearer ***"),
        ("/callback/?code=s3cret&state=s3cret", "/callback/?code=***&state=***"),
        ("/join//s3cret/", "/join//***/"),
        ("/accounts/confirm-email/s3cret/", "/accounts/confirm-email/***/"),
        ("{'access_token': 's3cret', 'expires_in': 3}", "{'access_token': '***', 'expires_in': 3}"),
        ('{"refresh_token":"s3cret"}', '{"refresh_token":"***"}'),
        ("/clubs/hill/", "/clubs/hill/"),
        ("CSRF token missing.", "CSRF token missing."),
        ("answered with status code 500", "answered with status code 500"),
    ],
)
def test_masked_hides_what_opens_doors(path: str, shown: str) -> None:
    assert masked(path) == shown


def test_no_character_reaches_a_terminal_or_ends_the_line() -> None:
    line = formatted("said \x1b[31m\x00\u2028\x85red")

    assert line.isprintable()


def test_secret_in_an_argument_or_a_field_is_masked_too() -> None:
    line = formatted("asked for %s", "/join/s3cret/", path="/ws/screens/s3cret/")

    assert "s3cret" not in line


def test_error_report_carries_neither_cookies_nor_keys() -> None:
    request = {"url": "http://x/join/s3cret/", "cookies": {"sessionid": "s3cret"}, "headers": {"Cookie": "s3cret"}}

    assert "s3cret" not in str(without_secrets({"request": request}, {}))
