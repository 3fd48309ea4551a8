"""Create, end and check the subscription by which Strava sends us events, and report the result in sentences.

`manage.py strava_webhook` prints these sentences. `manage.py doctor` prints those of `describe_subscription`. Where a
sentence names the webhook's address, *** stands in place of the token, which is secret.
"""

import ipaddress
import json
import secrets
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from asgiref.sync import async_to_sync
from django.conf import settings
from django.db import Error

from strava_live.accounts.strava_app import strava
from strava_live.http.errors import TemporaryError
from strava_live.http.transport import Request, send
from strava_live.strava.errors import AppInactive, NotSubscribed, RateLimited, ReconnectNeeded, StravaDown, StravaError
from strava_live.strava.payloads import Subscription
from strava_live.webhook.subscription import PATH, callback_url, note_subscriptions

P = ParamSpec("P")
T = TypeVar("T")

LONGEST_CALLBACK = 255
"""The most characters of a callback address that Strava accepts."""
LOCAL_NAMES = ("localhost", ".localhost", ".local", ".lan", ".internal")
"""The ends of host names that are known only on one machine or in one local network."""
APART = "run manage.py strava_webhook unsubscribe, then manage.py strava_webhook subscribe"


class Problem(Exception):
    """The subscription cannot be created, ended or used. The text says why, and `advice` says what to do."""

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(what)
        self.advice = advice


def describe_subscription() -> str:
    """Return a sentence about the subscription. Raise Problem unless Strava says that it sends events to this site."""
    require_token()
    existing = find_subscription()
    if existing is None:
        raise Problem("Strava sends no events: there is no subscription", "run manage.py strava_webhook subscribe")
    require_ours(existing)
    return f"Strava sends its events to {shown_callback()} (subscription {existing.id})"


def subscribe() -> str:
    """Create the subscription if Strava has none, and return a sentence.

    Raise Problem if that fails, or if Strava's existing subscription is for another address.
    """
    require_token()
    existing = find_subscription()
    if existing is None and create_subscription():
        return f"Subscribed: Strava now sends its events to {shown_callback()}"
    existing = existing or find_subscription()
    if existing is None:
        raise Problem("Strava says that a subscription exists already, but lists none", "try again in a few minutes")
    require_ours(existing)
    return f"Subscribed already: Strava sends its events to {shown_callback()} (subscription {existing.id})"


def unsubscribe(*, even_elsewhere: bool = False) -> str:
    """End the subscription, and return a sentence. If it is another site's, raise Problem unless `even_elsewhere`."""
    existing = find_subscription()
    if existing is None:
        return "There is no subscription, so nothing was ended"
    if not is_of_this_site(existing) and not even_elsewhere:
        advice = "run manage.py strava_webhook unsubscribe --even-elsewhere if that site is to get no more events"
        raise Problem(f"the subscription sends events to another site, {origin_of(existing)}", advice)
    call(strava().unsubscribe, existing.id)
    note_subscriptions([])
    return f"Unsubscribed: Strava sends no more events to {origin_of(existing)}"


def require_token() -> None:
    """Raise Problem if STRAVA_WEBHOOK_TOKEN is not set, or if the webhook's address is too long for Strava."""
    if not settings.STRAVA_WEBHOOK_TOKEN:
        advice = 'set it to a random text, made with `python -c "import secrets; print(secrets.token_urlsafe(24))"`'
        raise Problem("STRAVA_WEBHOOK_TOKEN is not set, so this site takes no events", advice)
    if len(callback_url()) > LONGEST_CALLBACK:
        what = f"the webhook's address has {len(callback_url())} characters, and Strava accepts {LONGEST_CALLBACK}"
        raise Problem(what, "make SITE_URL or STRAVA_WEBHOOK_TOKEN shorter")


def find_subscription() -> Subscription | None:
    """Return the application's subscription, as Strava has it now. Store Strava's answer in the table."""
    if not settings.STRAVA_CONFIGURED:
        advice = "set STRAVA_CLIENT_ID and STRAVA_CLIENT_SECRET, from https://www.strava.com/settings/api"
        raise Problem("STRAVA_CLIENT_ID is not set", advice)
    found = call(strava().subscriptions)
    try:
        note_subscriptions(found)
    except Error as error:
        what = f"the subscription cannot be stored: {str(error).strip() or type(error).__name__}"
        raise Problem(what, "check DATABASE_URL, and run manage.py migrate") from error
    return found[0] if found else None


def create_subscription() -> bool:
    """Create the subscription. Return False if Strava says that there already is one.

    Call this only while the table names no subscription. Events of any subscription are accepted then, so events that
    arrive before the new subscription is stored are not lost.
    """
    try:
        made = call(strava().subscribe, callback_url=callback_url(), verify_token=settings.STRAVA_WEBHOOK_TOKEN)
    except NotSubscribed as error:
        if error.reason == "already exists":
            return False  # it was created meanwhile, or by an attempt whose answer was lost
        raise explained(error) from error
    note_subscriptions([Subscription(made.id, callback_url())])
    return True


def explained(refusal: NotSubscribed) -> Problem:
    match refusal.reason:
        case "get to callback url does not return 200":
            what = f"Strava's request to {shown_callback()} was not answered with 200"
        case "not verifiable":
            what = f"Strava could not reach {shown_callback()}, or got no answer in two seconds, or a wrong one"
        case _:
            return Problem(f"Strava refuses the subscription: {refusal}", "check SITE_URL, or try again later")
    return Problem(what, advice_from_here())


def advice_from_here() -> str:
    """Return advice after Strava's request to the webhook has failed.

    Unless SITE_URL itself is the cause, send the same request from this machine, and judge by the answer.
    """
    if is_local(settings.SITE_URL) and not is_local(settings.STRAVA_API_URL):
        return f"set SITE_URL to an address that can be reached from everywhere: {settings.SITE_URL} cannot"
    challenge = secrets.token_hex(8)
    try:
        status, body = async_to_sync(send_handshake)(challenge)
    except TemporaryError as error:
        return f"start the web process, and check SITE_URL: this machine gets no answer either ({error})"
    if status == HTTPStatus.OK and body == {"hub.challenge": challenge}:
        return (
            "look at what stands in front of the site: this machine gets the right answer, so a firewall or a "
            "protection against bots (such as Cloudflare's) may keep Strava out"
        )
    if status == HTTPStatus.NOT_FOUND:
        return (
            "start the web process again, with the same STRAVA_WEBHOOK_TOKEN as this command: it answers 404, as it "
            "does when it has another token or none"
        )
    if 300 <= status < 400:
        return f"set SITE_URL to the address that the site is served at: it answers {status}, a redirect"
    return f"look into the log of the web process, and check SITE_URL: it answers {status}"


async def send_handshake(challenge: str) -> tuple[int, object]:
    """Send the request with which Strava tests the webhook. Return the status, and the decoded body if it is JSON."""
    query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": settings.STRAVA_WEBHOOK_TOKEN}
    request = Request("GET", callback_url(), query=query)
    async with send(request, timeouts=settings.STRAVA_PAGE_TIMEOUTS) as response:
        body = await response.body()
    try:
        return response.status, json.loads(body)
    except (ValueError, RecursionError):
        return response.status, None


def call(method: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call Strava. Convert its errors to Problem, except NotSubscribed."""
    try:
        return async_to_sync(method)(*args, **kwargs)
    except NotSubscribed:
        raise
    except (AppInactive, ReconnectNeeded) as error:
        advice = "check STRAVA_CLIENT_ID and STRAVA_CLIENT_SECRET, and that the application is active at Strava"
        raise Problem(f"Strava refuses our application: {error}", advice) from error
    except RateLimited as error:
        advice = f"try again after {error.until:%H:%M} UTC"
        raise Problem("Strava allows this application no more calls for now", advice) from error
    except StravaDown as error:
        raise Problem(f"Strava does not answer: {error}", "try again later, or check STRAVA_API_URL") from error
    except StravaError as error:
        advice = "try again later, or check STRAVA_API_URL"
        raise Problem(f"Strava's answer was not understood: {error}", advice) from error


def require_ours(existing: Subscription) -> None:
    """Raise Problem if a subscription sends its events to another address than our webhook's."""
    if existing.callback_url == callback_url():
        return
    if is_of_this_site(existing):
        what = "the subscription sends its events to this site, but with another STRAVA_WEBHOOK_TOKEN"
        raise Problem(what, APART)
    what = f"the application's only subscription sends its events to another site, {origin_of(existing)}"
    advice = (
        "end it there, or here with manage.py strava_webhook unsubscribe --even-elsewhere, then run "
        "manage.py strava_webhook subscribe"
    )
    raise Problem(what, advice)


def is_of_this_site(existing: Subscription) -> bool:
    return existing.callback_url.startswith(f"{settings.SITE_URL}{PATH}")


def origin_of(existing: Subscription) -> str:
    """Return scheme and host of a subscription's address, whose path may be secret."""
    parts = urlsplit(existing.callback_url)
    return f"{parts.scheme}://{parts.netloc}"


def shown_callback() -> str:
    return f"{settings.SITE_URL}{PATH}***/"


def is_local(url: str) -> bool:
    """Return whether the host of a URL is this machine, or one that only a local network reaches."""
    host = urlsplit(url).hostname or ""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host.endswith(LOCAL_NAMES)
