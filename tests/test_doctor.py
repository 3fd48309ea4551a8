"""manage.py doctor names what is wrong and how to repair it."""

import base64
import re
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from threading import Thread

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from simulators.bucket_process import BucketStandIn
from simulators.process import StandIn
from simulators.push_process import PushStandIn
from strava_live.accounts.encryption import Secret
from strava_live.accounts.models import Revocation, User
from strava_live.notifications.push_models import OutgoingPush
from strava_live.parkrun.models import CatalogueState, LoadedList
from strava_live.webhook.inbox import store_events
from strava_live.webhook.models import StravaEvent, WebhookSubscription
from strava_live.webhook.subscribing import subscribe, unsubscribe
from tests.status import rows
from tests.web.kept import connected
from tests.webhook.served_site import served_site
from tests.webhook.strava_events import OWNER, signed_event

pytestmark = pytest.mark.django_db


def run_doctor() -> tuple[int, dict[str, str]]:
    """Run `manage.py doctor`. Return its exit code, and the line that it printed for each check, by name."""
    said, code = StringIO(), 0
    try:
        call_command("doctor", stdout=said)
    except SystemExit as error:
        code = int(str(error.code))
    lines = said.getvalue().splitlines()
    return code, {line[6:].split(":", 1)[0]: line for line in lines}


@pytest.mark.usefixtures("events")
def test_everything_is_ok_with_the_stand_in(stand_in: StandIn, settings: Settings) -> None:
    settings.DEBUG = True
    CatalogueState.store_list(LoadedList(CatalogueState.OPERATOR, timezone.now().date()))
    rows.process(rows.WORKER)

    code, said = run_doctor()

    assert code == 0
    assert said["worker"] == "ok    worker: 1 worker and 0 web processes are running"
    assert said["strava"] == "ok    strava: knows our application"
    assert said["strava API"] == "ok    strava API: answers"
    assert said["clock"] == "ok    clock: agrees with Strava's"
    assert said["database"].startswith("ok    database: ")
    assert said["strava artwork"].startswith("note  strava artwork: ")
    assert "static/strava/connect.svg, static/strava/logo.svg" in said["strava artwork"]


def test_wrong_strava_secret(stand_in: StandIn, settings: Settings) -> None:
    settings.STRAVA_CLIENT_SECRET = "wrong"

    code, said = run_doctor()

    assert code == 1
    assert said["strava"].startswith("WRONG strava: ")
    assert "check STRAVA_CLIENT_ID and STRAVA_CLIENT_SECRET" in said["strava"]


def test_unreachable_strava_and_redis(settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"

    code, said = run_doctor()

    assert code == 1
    assert said["redis"].startswith("WRONG redis: ")
    assert said["strava"].startswith("WRONG strava: ")


def test_redis_that_answers_and_its_clock(settings: Settings, redis_url: str) -> None:
    settings.REDIS_URL = redis_url

    _, said = run_doctor()

    assert (said["redis"], said["clock"]) == ("ok    redis: answers", "ok    clock: agrees with Redis's")


@pytest.mark.parametrize("seen", [None, 31])
def test_no_process_that_takes_up_what_waits(seen: int | None) -> None:
    rows.process(rows.WEB, takes_up=False)
    if seen is not None:
        rows.process(rows.WORKER, seen=seen)

    code, said = run_doctor()

    assert code == 1
    assert said["worker"] == (
        "WRONG worker: no process does background work: what waits for Strava stays waiting"
        " -> start a worker process, or set WORK_IN_WEB=1"
    )


def test_process_whose_clock_is_ahead() -> None:
    rows.process(rows.WORKER, seen=-100)

    code, said = run_doctor()

    assert code == 1
    assert re.fullmatch(
        r"WRONG clock: that of a worker process is (100|99) s ahead -> set the clocks of all machines", said["clock"]
    )


def test_secret_that_no_key_decrypts(settings: Settings) -> None:
    Revocation.objects.create(strava_id=17, token=Secret.of("x"), next_try_at=timezone.now())
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]

    code, said = run_doctor()

    assert code == 1
    assert "put the key that is missing back" in said["keys"]


def test_site_without_bucket() -> None:
    _, said = run_doctor()

    assert said["bucket"] == "ok    bucket: not set up: people cannot send their activities there"


def test_site_without_a_key_for_notifications() -> None:
    _, said = run_doctor()
    assert said["notifications"].startswith("note  notifications: not set up: devices get no notifications")


def test_notifications(push_service: PushStandIn, athlete: User, settings: Settings) -> None:
    assert "without an address at which push services reach you" in run_doctor()[1]["notifications"]
    settings.CONTACT_EMAIL = "club@example.org"
    push = OutgoingPush.objects.create(user=athlete)
    assert run_doctor()[1]["notifications"] == "ok    notifications: set up, and nothing is late"
    OutgoingPush.objects.filter(pk=push.pk).update(due_at=timezone.now() - timedelta(hours=1))
    code, said = run_doctor()
    assert code == 1
    assert said["notifications"].startswith("WRONG notifications: 1 notification waits although due")


def test_bucket_that_answers(bucket: BucketStandIn) -> None:
    _, said = run_doctor()

    assert said["bucket"] == "ok    bucket: knows our application"
    assert said["bucket API"] == "ok    bucket API: answers"


def test_bucket_that_does_not_know_the_application(bucket: BucketStandIn, settings: Settings) -> None:
    settings.BUCKET_CLIENT_ID = "clients:unknown"

    code, said = run_doctor()

    assert code == 1
    assert said["bucket"].startswith("WRONG bucket: ")
    assert "-> check BUCKET_CLIENT_ID, BUCKET_CLIENT_SECRET and BUCKET_OAUTH_URL" in said["bucket"]


@pytest.mark.parametrize("fault", ["html", "server_error", "empty"])
def test_bucket_that_is_down(bucket: BucketStandIn, fault: str) -> None:
    bucket.fault(fault)

    code, said = run_doctor()

    assert code == 1
    assert said["bucket"].startswith("WRONG bucket: ")
    assert said["bucket API"].endswith("-> check BUCKET_API_URL; nothing is sent to Bucket meanwhile")


def test_bucket_url_that_is_the_sites_own(bucket: BucketStandIn, settings: Settings) -> None:
    settings.BUCKET_API_URL = "http://testserver/bucket/api"

    _, said = run_doctor()

    assert (
        said["bucket"] == "WRONG bucket: BUCKET_API_URL is the address of this site -> set BUCKET_API_URL to Bucket's"
    )


def test_site_without_a_webhook(stand_in: StandIn) -> None:
    _, said = run_doctor()

    assert said["webhook"] == (
        "note  webhook: not set up: new activities arrive with the next sync, not at once "
        "-> set STRAVA_WEBHOOK_TOKEN, see docs/deploy.md"
    )


@pytest.fixture
def subscribed(settings: Settings) -> Iterator[None]:
    """Strava sends its events to this site."""
    settings.STRAVA_WEBHOOK_TOKEN = "a-token_of-the-tests-0"
    with StandIn() as strava, served_site() as site:
        settings.STRAVA_API_URL, settings.STRAVA_OAUTH_URL, settings.SITE_URL = (
            strava.api_url,
            strava.oauth_url,
            site.url,
        )
        subscribe()
        yield


@pytest.mark.usefixtures("subscribed")
def test_webhook_and_its_last_event(settings: Settings, athlete: User) -> None:
    _, said = run_doctor()
    assert said["webhook"].startswith(
        f"ok    webhook: Strava sends its events to {settings.SITE_URL}/strava/webhook/***/"
    )
    assert said["webhook"].endswith("; events need no signature; none has arrived yet")

    connected(athlete, strava_id=OWNER)
    event = signed_event(subscription_id=WebhookSubscription.objects.get().strava_id)
    store_events([event._replace(signature=StravaEvent.Signature.UNVERIFIED)])
    StravaEvent.objects.update(received_at=datetime(2026, 11, 21, 9, 30, tzinfo=UTC))

    _, said = run_doctor()
    assert said["webhook"].startswith("note  webhook: ")
    assert said["webhook"].endswith(
        "the last arrived at 2026-11-21 09:30 UTC, signed, but STRAVA_WEBHOOK_SECRET is not set "
        "-> set STRAVA_WEBHOOK_SECRET, so that forged events are refused"
    )

    settings.STRAVA_WEBHOOK_SECRET = "signing-secret"
    _, said = run_doctor()
    assert "; signed events only; " in said["webhook"]


@pytest.mark.usefixtures("subscribed")
def test_webhook_at_another_address_and_no_subscription(settings: Settings) -> None:
    old, settings.SITE_URL = settings.SITE_URL, "https://club.example.org"

    code, said = run_doctor()
    assert code == 1
    assert said["webhook"].startswith(
        f"WRONG webhook: the application's only subscription sends its events to another site, {old} -> "
    )

    unsubscribe(even_elsewhere=True)

    _, said = run_doctor()
    assert said["webhook"] == (
        "WRONG webhook: Strava sends no events: there is no subscription -> run manage.py strava_webhook subscribe"
    )


def test_empty_list_of_events() -> None:
    code, said = run_doctor()

    assert code == 1
    assert said["parkrun events"] == (
        "WRONG parkrun events: none are loaded: no parkrun is recognised -> run manage.py load_parkrun_events"
    )


@pytest.mark.usefixtures("events")
def test_old_list_of_events() -> None:
    CatalogueState.store_list(LoadedList(CatalogueState.OPERATOR, date(2025, 1, 4)))

    code, said = run_doctor()

    assert code == 1
    assert said["parkrun events"].startswith(
        "WRONG parkrun events: 2,965, of an old list (2025-01-04) -> run manage.py"
    )


def test_uncollected_static_files() -> None:
    code, said = run_doctor()

    assert code == 1
    assert "run manage.py collectstatic" in said["static files"]


@pytest.mark.parametrize("name", ["STRAVA_API_URL", "STRAVA_OAUTH_URL"])
@pytest.mark.parametrize(
    ("site", "address"),
    [
        ("http://testserver", "http://testserver/api/v3"),
        ("https://testserver", "https://TESTSERVER:443/api/v3"),
        ("https://testserver:8443", "https://testserver:8443/api"),
        ("https://testserver", "http://localhost:8000/api/v3"),
        ("https://testserver", "http://[::1]:8000/api/v3"),
    ],
)
def test_strava_url_that_is_the_sites_own(
    stand_in: StandIn, settings: Settings, name: str, site: str, address: str
) -> None:
    settings.SITE_URL, settings.PORT = site, 8000
    setattr(settings, name, address)

    code, said = run_doctor()

    assert code == 1
    assert said["strava"] == f"WRONG strava: {name} is the address of this site -> set {name} to Strava's"
    assert "clock" not in said


def test_strava_url_on_a_different_port_of_the_sites_host_is_accepted(stand_in: StandIn, settings: Settings) -> None:
    settings.SITE_URL, settings.ALLOWED_HOSTS = "http://127.0.0.1:8000", ["127.0.0.1"]

    _, said = run_doctor()

    assert said["strava"] == "ok    strava: knows our application"


@contextmanager
def some_api(**headers: str) -> Iterator[str]:
    """Serve an API that answers 401, or the status given in `headers`."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response_only(int(headers.get("status", "401")))
            if "date" in headers:
                self.send_header("Date", headers["date"])
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api/v3"
        server.shutdown()


def test_wrong_clock_is_detected_from_stravas_date(stand_in: StandIn, settings: Settings) -> None:
    with some_api(date=format_datetime(timezone.now() - timedelta(hours=1), usegmt=True)) as settings.STRAVA_API_URL:
        code, said = run_doctor()

    assert code == 1
    assert re.fullmatch(r"WRONG clock: 360\d s away from Strava's -> set this machine's clock", said["clock"])


def test_clock_is_not_checked_without_a_date(stand_in: StandIn, settings: Settings) -> None:
    with some_api() as settings.STRAVA_API_URL:
        _, said = run_doctor()

    assert said["clock"] == "ok    clock: not compared with Strava's, because its answer has no date"


def test_api_that_is_not_stravas(stand_in: StandIn, settings: Settings) -> None:
    with some_api(status="404") as settings.STRAVA_API_URL:
        _, said = run_doctor()

    assert said["strava API"].startswith("WRONG strava API: answers 404 to a request without a token")


def test_unreachable_api(stand_in: StandIn, settings: Settings) -> None:
    settings.STRAVA_API_URL = "http://127.0.0.1:9/api/v3"

    _, said = run_doctor()

    assert said["strava"] == "ok    strava: knows our application"
    assert said["strava API"].endswith("-> check STRAVA_API_URL; no activities are read meanwhile")
    assert "clock" not in said


class MailServer(socketserver.StreamRequestHandler):
    """A mail server that knows the SMTP commands for signing in. The password is `right`."""

    timeout = 10

    def handle(self) -> None:
        self.say("220 mail.example ESMTP")
        for line in self.rfile:
            match line.decode().split():
                case ["ehlo", _]:
                    self.say("250-mail.example", "250 AUTH PLAIN")
                case ["AUTH", "PLAIN", secret]:
                    right = base64.b64decode(secret) == b"\0us\0right"
                    self.say("235 2.7.0 Welcome" if right else "535 5.7.8 Bad credentials")
                case ["QUIT" | "quit"]:
                    return self.say("221 Bye")
                case _:
                    self.say("502 Not known")
        return None

    def say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


class DaemonServer(socketserver.ThreadingTCPServer):
    daemon_threads = True


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[None]:
    """A mail server that the site is configured to use."""
    with DaemonServer(("127.0.0.1", 0), MailServer) as server:
        settings.EMAIL_CONFIGURED, settings.EMAIL_BACKEND = True, "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.server_address[1]
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "us", "right"
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield
        server.shutdown()


@pytest.mark.usefixtures("mail_server")
def test_mail_server_that_accepts_us(settings: Settings) -> None:
    _, said = run_doctor()

    assert said["e-mail"] == f"ok    e-mail: 127.0.0.1:{settings.EMAIL_PORT} accepts our name and password"


@pytest.mark.usefixtures("mail_server")
def test_mail_server_that_refuses_our_password(settings: Settings) -> None:
    settings.EMAIL_HOST_PASSWORD = "wrong"

    code, said = run_doctor()

    assert code == 1
    assert said["e-mail"].startswith("WRONG e-mail: ")
    assert said["e-mail"].endswith("refuses our name or password -> correct them in EMAIL_URL")


@pytest.mark.usefixtures("mail_server")
def test_unreachable_mail_server(settings: Settings) -> None:
    settings.EMAIL_PORT = 9

    code, said = run_doctor()

    assert code == 1
    assert said["e-mail"].startswith("WRONG e-mail: 127.0.0.1:9 cannot be used: ")
    assert "-> check host, port and scheme in EMAIL_URL" in said["e-mail"]


@pytest.mark.usefixtures("mail_server")
def test_mail_server_without_the_configured_encryption(settings: Settings) -> None:
    settings.EMAIL_USE_TLS = True

    _, said = run_doctor()

    assert "cannot be used: STARTTLS extension not supported" in said["e-mail"]


def test_email_without_a_server(settings: Settings) -> None:
    assert run_doctor()[1]["e-mail"].startswith("ok    e-mail: not set up")

    settings.EMAIL_CONFIGURED, settings.EMAIL_BACKEND = True, "django.core.mail.backends.console.EmailBackend"

    assert run_doctor()[1]["e-mail"] == "ok    e-mail: set up, without a mail server"


def test_privacy_page_without_an_operator(settings: Settings) -> None:
    settings.OPERATOR, settings.CONTACT_EMAIL = "Hillside Harriers", ""
    assert run_doctor()[1]["privacy page"].endswith("how to reach them -> set CONTACT_EMAIL")

    settings.CONTACT_EMAIL = "hello@club.example.org"
    assert run_doctor()[1]["privacy page"] == "ok    privacy page: names Hillside Harriers and hello@club.example.org"
