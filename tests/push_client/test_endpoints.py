"""Only addresses of push services are called, although a user can send any address."""

import pytest

from strava_live.push_client.endpoints import require_known_endpoint
from strava_live.push_client.errors import PushAddressRefused

KNOWN = [
    ("https://fcm.googleapis.com/fcm/send/abc:APA91b-_x", "fcm.googleapis.com"),
    ("https://jmt17.google.com/fcm/send/abc", "jmt17.google.com"),
    ("https://updates.push.services.mozilla.com/wpush/v2/gAAA_-", "updates.push.services.mozilla.com"),
    ("https://wns2-par02p.notify.windows.com/w/?token=BQY%2bx%3d", "wns2-par02p.notify.windows.com"),
    ("https://web.push.apple.com/QGx", "web.push.apple.com"),
    ("https://fcm.googleapis.com:443/fcm/send/abc", "fcm.googleapis.com"),
]
REFUSED = [
    "",
    "abc",
    "http://fcm.googleapis.com/fcm/send/abc",
    "https://fcm.googleapis.com:8443/fcm/send/abc",
    "https://fcm.googleapis.com",
    "https://fcm.googleapis.com.example.org/x",
    "https://example.org/fcm.googleapis.com/",
    "https://evilpush.apple.com.example.org/x",
    "https://notify.windows.com.evil/x",
    "https://xnotify.windows.com/x",
    "https://.notify.windows.com/x",
    "https://a..push.apple.com/x",
    "https://xn--a.push.apple.com/x",
    "https://a.xn--0.notify.windows.com/x",
    "https://a-.push.apple.com/x",
    "https://" + "a" * 64 + ".push.apple.com/x",
    "https://user@fcm.googleapis.com/x",
    "https://fcm.googleapis.com@127.0.0.1/x",
    "https://127.0.0.1\\@fcm.googleapis.com/x",
    "https://fcm.googleapis.com\\.example.org/x",
    "https://fcm.googleapis.com/x#fragment",
    "https://fcm.googleapis.com/x y",
    "https://fcm.googleapis.com/x\n",
    "https://fcm.googleapis.com/x\r\nHost: 127.0.0.1",
    "https://FCM.googleapis.com/x",
    "https://fcm。googleapis.com/x",
    "https://127.0.0.1/x",
    "https://[::1]/x",
    "https://2130706433/x",
    "https://localhost/x",
    "https://169.254.169.254/latest/meta-data/",
    "ftp://fcm.googleapis.com/x",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "https://fcm.googleapis.com/" + "x" * 1000,
]


@pytest.mark.parametrize(("endpoint", "host"), KNOWN)
def test_endpoint_of_a_known_push_service(endpoint: str, host: str) -> None:
    assert require_known_endpoint(endpoint) == host


@pytest.mark.parametrize("endpoint", REFUSED)
def test_any_other_address_is_refused(endpoint: str) -> None:
    with pytest.raises(PushAddressRefused):
        require_known_endpoint(endpoint)


def test_extra_host_is_one_with_exactly_this_port() -> None:
    hosts = ["127.0.0.1:8003", "push.example.org"]
    assert require_known_endpoint("http://127.0.0.1:8003/push/x", hosts) == "127.0.0.1:8003"
    assert require_known_endpoint("https://push.example.org/x", hosts) == "push.example.org"
    for other in ("http://127.0.0.1:8004/push/x", "http://127.0.0.1/x", "https://a.push.example.org/x"):
        with pytest.raises(PushAddressRefused):
            require_known_endpoint(other, hosts)


def test_ten_megabytes_are_refused_at_once() -> None:
    with pytest.raises(PushAddressRefused):
        require_known_endpoint("https://fcm.googleapis.com/" + "/" * 10_000_000)
