"""Check a deployment of the site and say how to repair what is wrong. `manage.py doctor` prints the results."""

import smtplib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import redis
from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from strava_live.accounts.encryption import UnreadableSecret
from strava_live.accounts.rekeying import read_every_secret
from strava_live.accounts.strava_app import strava
from strava_live.accounts.strava_artwork import missing_artwork
from strava_live.bucket.bucket_app import bucket
from strava_live.bucket_client.errors import BucketError, BucketMisconfigured, BucketReconnectNeeded
from strava_live.error_codes import ErrorCode
from strava_live.formats import quantity
from strava_live.http.errors import RequestFailed
from strava_live.http.transport import Request, send
from strava_live.notifications.push_app import push_client
from strava_live.notifications.push_models import OutgoingPush
from strava_live.parkrun.freshness import catalogue_freshness
from strava_live.status.figures import read_processes
from strava_live.status.models import WorkingProcess
from strava_live.strava.errors import AppInactive, StravaError
from strava_live.webhook.models import StravaEvent
from strava_live.webhook.subscribing import Problem, describe_subscription

LARGEST_CLOCK_ERROR = timedelta(seconds=30)
"""The most by which this machine's clock may differ from another one, such as Strava's."""
LATEST_PUSH = timedelta(minutes=10)
"""How late a notification for a device may be."""
MAIL_TIMEOUT_S = 5
SMTP = "django.core.mail.backends.smtp.EmailBackend"


@dataclass(frozen=True)
class Finding:
    """The result of one check."""

    name: str
    ok: bool
    detail: str
    advice: str = ""
    """What to do. A check that is ok may have advice too."""


def run_checks() -> list[Finding]:
    return [result for check in CHECKS for result in check()]


def check_database() -> Iterator[Finding]:
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError as error:
        advice = "check DATABASE_URL and that the database runs"
        yield Finding("database", False, str(error).strip().splitlines()[0], advice)
        return
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        yield Finding("database", False, f"{len(waiting)} migrations are waiting", "run manage.py migrate")
    else:
        yield Finding("database", True, f"{connection.vendor} answers, every migration is applied")


def check_keys() -> Iterator[Finding]:
    """Decrypt every stored secret."""
    try:
        count = read_every_secret()
    except UnreadableSecret:
        yield Finding(
            "keys", False, "a stored secret cannot be decrypted", "put the key that is missing back into FIELD_KEYS"
        )
    except DatabaseError:
        return  # check_database has reported this
    else:
        yield Finding("keys", True, f"FIELD_KEYS decrypt every stored secret ({count})")


def check_parkrun_events() -> Iterator[Finding]:
    try:
        found = catalogue_freshness(datetime.now(UTC).date())
    except DatabaseError:
        return  # check_database has reported this
    yield Finding("parkrun events", found.good, found.what, found.advice)


def check_redis() -> Iterator[Finding]:
    if not settings.REDIS_URL:
        yield Finding("redis", True, "not set up: everything runs in one process")
        return
    try:
        client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5, **settings.REDIS_OPTIONS)
        seconds, _ = client.time()
    except redis.RedisError as error:
        yield Finding("redis", False, str(error), "check REDIS_URL and that Redis runs")
        return
    yield Finding("redis", True, "answers")
    yield from check_clock("Redis", datetime.fromtimestamp(seconds, UTC))


def check_worker() -> Iterator[Finding]:
    """Check that a process takes up waiting work, and that no process's clock is far ahead of this machine's."""
    now = datetime.now(UTC)
    try:
        processes = read_processes(now)
        newest = WorkingProcess.objects.order_by("-seen_at").first()
    except DatabaseError:
        return  # check_database has reported this
    if processes.taking_up:
        workers = quantity(processes.workers, "worker", "workers")
        webs = quantity(processes.webs, "web process", "web processes")
        yield Finding("worker", True, f"{workers} and {webs} are running")
    else:
        what = "no process does background work: what waits for Strava stays waiting"
        yield Finding("worker", False, what, "start a worker process, or set WORK_IN_WEB=1")
    if newest is not None and newest.seen_at - now > LARGEST_CLOCK_ERROR:
        ahead = f"that of a {newest.kind} process is {(newest.seen_at - now).total_seconds():.0f} s ahead"
        yield Finding("clock", False, ahead, "set the clocks of all machines")


def check_strava() -> Iterator[Finding]:
    if not settings.STRAVA_CONFIGURED:
        yield Finding("strava", True, "not set up: people sign in with a password only")
        return
    own = own_addresses("strava", "STRAVA_OAUTH_URL", "STRAVA_API_URL")
    yield from own or check_credentials()


def own_addresses(service: str, *names: str) -> list[Finding]:
    """Return a finding for each of these settings that is the address of this site, and not of the service."""
    return [
        Finding(service, False, f"{name} is the address of this site", f"set {name} to {service.capitalize()}'s")
        for name in names
        if is_own_address(getattr(settings, name))
    ]


def is_own_address(url: str) -> bool:
    """Return whether the URL has this site's public host and port, or the port of its web process on this machine."""
    host, port = host_and_port(url)
    _, public_port = host_and_port(settings.SITE_URL)
    served = {name.strip("[]") for name in settings.ALLOWED_HOSTS}
    return (host in served and port == public_port) or (
        host in served | {"localhost", "127.0.0.1", "::1"} and port == settings.PORT
    )


def host_and_port(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)


def check_credentials() -> Iterator[Finding]:
    """Check client id and secret by asking Strava for a token in exchange for an invalid code. Then check the API.

    Strava checks the credentials before the code, so its error says whether they are right.
    """
    try:
        async_to_sync(strava().exchange)("a-code-that-cannot-be-right")
    except AppInactive as error:
        advice = "check STRAVA_CLIENT_ID and STRAVA_CLIENT_SECRET, and that the application is active at Strava"
        yield Finding("strava", False, str(error), advice)
    except StravaError as error:
        if error.code == ErrorCode.RECONNECT_NEEDED:
            yield Finding("strava", True, "knows our application")
        else:
            yield Finding("strava", False, str(error), "try again later; sign-in with Strava does not work meanwhile")
    yield from check_strava_api()


def check_strava_api() -> Iterator[Finding]:
    """Call Strava's API without a token: it must answer 401. Compare this machine's clock with the answer's date."""
    try:
        status, date = async_to_sync(call_api_without_token)()
    except RequestFailed as error:
        yield Finding("strava API", False, str(error), "check STRAVA_API_URL; no activities are read meanwhile")
        return
    if status == HTTPStatus.UNAUTHORIZED:
        yield Finding("strava API", True, "answers")
    else:
        what = f"answers {status} to a request without a token, where Strava answers 401"
        yield Finding("strava API", False, what, "check STRAVA_API_URL, or try again later")
    try:
        theirs = parsedate_to_datetime(date).replace(tzinfo=UTC)  # HTTP dates are always in UTC
    except ValueError:
        yield Finding("clock", True, "not compared with Strava's, because its answer has no date")
    else:
        yield from check_clock("Strava", theirs)


async def call_api_without_token() -> tuple[int, str]:
    """Return the status and the Date header of the answer."""
    request = Request("GET", f"{settings.STRAVA_API_URL}/athlete")
    async with send(request, timeouts=settings.STRAVA_PAGE_TIMEOUTS) as response:
        return response.status, response.headers.get("date", "")


def check_clock(whose: str, theirs: datetime) -> Iterator[Finding]:
    """Compare this machine's clock with `theirs`, the time at Strava or Redis."""
    off = abs(datetime.now(UTC) - theirs)
    if off > LARGEST_CLOCK_ERROR:
        yield Finding("clock", False, f"{off.total_seconds():.0f} s away from {whose}'s", "set this machine's clock")
    else:
        yield Finding("clock", True, f"agrees with {whose}'s")


def check_bucket() -> Iterator[Finding]:
    if not settings.BUCKET_CLIENT_ID:
        yield Finding("bucket", True, "not set up: people cannot send their activities there")
        return
    own = own_addresses("bucket", "BUCKET_OAUTH_URL", "BUCKET_USERINFO_URL", "BUCKET_API_URL")
    yield from own or (check_bucket_sign_in(), check_bucket_api())


def check_bucket_sign_in() -> Finding:
    """Check client id and secret by asking for tokens in exchange for an invalid code, as for Strava."""
    exchange = async_to_sync(bucket(timeouts=settings.BUCKET_PAGE_TIMEOUTS).exchange)
    try:
        exchange("a-code-that-cannot-be-right", redirect_uri=settings.SITE_URL, verifier="a" * 43)
    except BucketReconnectNeeded:
        return Finding("bucket", True, "knows our application")
    except BucketMisconfigured as error:
        advice = "check BUCKET_CLIENT_ID, BUCKET_CLIENT_SECRET and BUCKET_OAUTH_URL"
        return Finding("bucket", False, str(error), advice)
    except BucketError as error:
        return Finding("bucket", False, str(error), "check BUCKET_OAUTH_URL; people cannot connect Bucket meanwhile")
    return Finding("bucket", False, "gives tokens for an invalid code", "check BUCKET_OAUTH_URL")


def check_bucket_api() -> Finding:
    try:
        async_to_sync(bucket(timeouts=settings.BUCKET_PAGE_TIMEOUTS).check_health)()
    except BucketError as error:
        return Finding("bucket API", False, str(error), "check BUCKET_API_URL; nothing is sent to Bucket meanwhile")
    return Finding("bucket API", True, "answers")


def check_push() -> Iterator[Finding]:
    """Check that browsers can be notified. No push service is called."""
    if push_client() is None:
        what = "not set up: devices get no notifications"
        yield Finding("notifications", True, what, "set VAPID_PRIVATE_KEY, see docs/deploy.md")
        return
    try:
        late = OutgoingPush.objects.live().filter(due_at__lt=datetime.now(UTC) - LATEST_PUSH).count()
    except DatabaseError:
        return  # check_database has reported this
    if late:
        what = f"{quantity(late, 'notification waits', 'notifications wait')} although due"
        yield Finding("notifications", False, what, "check that a worker runs, and its log for push services")
    elif not settings.CONTACT_EMAIL:
        what = "set up, without an address at which push services reach you"
        yield Finding("notifications", True, what, "set CONTACT_EMAIL: Apple refuses notifications without one")
    else:
        yield Finding("notifications", True, "set up, and nothing is late")


def check_webhook() -> Iterator[Finding]:
    if not settings.STRAVA_CONFIGURED:
        return  # check_strava has reported this
    if not settings.STRAVA_WEBHOOK_TOKEN:
        what = "not set up: new activities arrive with the next sync, not at once"
        yield Finding("webhook", True, what, "set STRAVA_WEBHOOK_TOKEN, see docs/deploy.md")
        return
    try:
        subscribed = describe_subscription()
        event = StravaEvent.objects.order_by("-received_at").first()
    except Problem as problem:
        yield Finding("webhook", False, str(problem), problem.advice)
    except DatabaseError:
        return  # check_database has reported this
    else:
        yield Finding("webhook", True, f"{subscribed}; {describe_last_event(event)}", signature_advice(event))


def describe_last_event(event: StravaEvent | None) -> str:
    """Return which events are accepted, when the last one arrived, and how it was signed."""
    expected = "signed events only" if settings.STRAVA_WEBHOOK_SECRET else "events need no signature"
    if event is None:
        return f"{expected}; none has arrived yet"
    return f"{expected}; the last arrived at {event.received_at:%Y-%m-%d %H:%M} UTC, {event.get_signature_display()}"


def signature_advice(event: StravaEvent | None) -> str:
    if event is not None and event.signature == StravaEvent.Signature.UNVERIFIED and not settings.STRAVA_WEBHOOK_SECRET:
        return "set STRAVA_WEBHOOK_SECRET, so that forged events are refused"
    return ""


def check_strava_artwork() -> Iterator[Finding]:
    missing = missing_artwork()
    if settings.STRAVA_CONFIGURED and missing:
        what = f"Strava's official files are missing, the site uses its own instead: {', '.join(missing)}"
        yield Finding("strava artwork", True, what, "add them, see docs/deploy.md")


def check_static_files() -> Iterator[Finding]:
    if settings.DEBUG:
        yield Finding("static files", True, "served without collecting (DEBUG=1)")
    elif (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        yield Finding("static files", True, "collected")
    else:
        yield Finding("static files", False, "not collected", "run manage.py collectstatic")


def check_privacy_page() -> Iterator[Finding]:
    missing = [name for name in ("OPERATOR", "CONTACT_EMAIL") if not getattr(settings, name)]
    if missing:
        what = "/privacy/ does not say who is responsible for people's data and how to reach them"
        yield Finding("privacy page", True, what, f"set {' and '.join(missing)}")
    else:
        yield Finding("privacy page", True, f"names {settings.OPERATOR} and {settings.CONTACT_EMAIL}")


def check_email() -> Iterator[Finding]:
    if not settings.EMAIL_CONFIGURED:
        yield Finding("e-mail", True, "not set up: forgotten passwords are reset with manage.py reset_link")
    elif settings.EMAIL_BACKEND != SMTP:
        yield Finding("e-mail", True, "set up, without a mail server")
    else:
        yield connect_to_mail_server()


def connect_to_mail_server() -> Finding:
    """Connect, encrypt and sign in as for sending an email, but send none."""
    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    connection = get_connection(timeout=MAIL_TIMEOUT_S)
    try:
        connection.open()
    except smtplib.SMTPAuthenticationError:
        return Finding("e-mail", False, f"{server} refuses our name or password", "correct them in EMAIL_URL")
    except (OSError, smtplib.SMTPException) as error:
        advice = "check host, port and scheme in EMAIL_URL, and that this machine may connect to it"
        return Finding("e-mail", False, f"{server} cannot be used: {error}", advice)
    finally:
        with suppress(smtplib.SMTPException):
            connection.close()
    return Finding("e-mail", True, f"{server} accepts our name and password")


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    check_database,
    check_keys,
    check_parkrun_events,
    check_redis,
    check_worker,
    check_strava,
    check_bucket,
    check_push,
    check_webhook,
    check_strava_artwork,
    check_static_files,
    check_email,
    check_privacy_page,
)
