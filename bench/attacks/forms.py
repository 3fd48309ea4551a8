"""Attacks with forms: posting faster than the rate limit, and submitting one form eight times at once."""

import secrets
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx

from bench.attacks.target import Target, hidden_fields, must
from tests.live.founding import found_club

AT_ONCE, POSTS = 8, 160
ALLOWED, IN_S = 60, 300.0  # POST_RATE in site_config/settings/limits.py


def limits(target: Target) -> str:
    """Post more than 60 times at once, and then more than once in five seconds: the site must answer with 429."""
    club = found_club(target.site)
    path = f"/clubs/{club.slug}/"
    with target.browser(club.sessions[0]) as browser:
        fields = hidden_fields(browser.get(path).text)
        began = time.monotonic()
        with ThreadPoolExecutor(AT_ONCE) as threads:
            answers = list(threads.map(lambda number: post(browser, path, fields, number), range(POSTS)))
        took = time.monotonic() - began
    statuses = Counter(answer.status_code for answer in answers)
    allowed = ALLOWED * (1 + took / IN_S)
    must(set(statuses) <= {302, 429}, f"answers were {dict(statuses)}")
    must(statuses[302] <= allowed + AT_ONCE, f"{statuses[302]} posts in {took:.1f} s were accepted")
    refused = [answer for answer in answers if answer.status_code == 429]
    must(refused or allowed >= POSTS, f"{POSTS} posts in {took:.1f} s were all accepted")
    must(all(answer.headers.get("Retry-After", "").isdigit() for answer in refused), "a 429 without Retry-After")
    must(all("<h1" in answer.text for answer in refused), "a 429 without a sentence")
    return f"{POSTS} posts in {took:.1f} s: {statuses[302]} accepted, {statuses[429]} refused with Retry-After"


def post(browser: httpx.Client, path: str, fields: dict[str, str], number: int) -> httpx.Response:
    form = fields | {"text": f"Number {number}", "ref": secrets.token_hex(8)}
    return browser.post(f"{path}posts/", data=form, headers={"Origin": str(browser.base_url)})


def equal_submits(target: Target) -> str:
    """Submit one form with one idempotency key eight times at once: only one club or post may be created."""
    name = f"Hill Runners {secrets.token_hex(4)}"
    submit_at_once(target, "/clubs/new/", "/clubs/new/", name=name, time_zone="Europe/London")
    created = target.shell(
        f"from strava_live.clubs.models import Club; print(Club.objects.filter(name={name!r}).count())"
    )
    must(created == "1", f"eight equal submits created {created} clubs")
    text, club = f"Who is in? {secrets.token_hex(4)}", f"/clubs/{target.full.values['slug']}/"
    submit_at_once(target, club, f"{club}posts/", text=text)
    created = target.shell(
        f"from strava_live.feed.models import Entry; print(Entry.objects.filter(text={text!r}).count())"
    )
    must(created == "1", f"eight equal submits created {created} posts")
    return "one club, one post"


def submit_at_once(target: Target, page: str, path: str, **form: str) -> None:
    with target.browser() as browser:
        fields = hidden_fields(browser.get(page).text)
        headers = {"Origin": target.site.url}
        with ThreadPoolExecutor(AT_ONCE) as threads:
            answers = list(
                threads.map(lambda _: browser.post(path, data=fields | form, headers=headers), range(AT_ONCE))
            )
    statuses = Counter(answer.status_code for answer in answers)
    must(all(status < 500 for status in statuses), f"{path}: answers were {dict(statuses)}")
    must(any(status == 302 for status in statuses), f"{path}: answers were {dict(statuses)}")
