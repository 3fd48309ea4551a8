"""The first section of the control page: start a simulated Saturday, and see who has finished."""

from html import escape
from urllib.parse import urlsplit

from simulators.forms import form, select
from simulators.strava.saturday import Saturday
from simulators.strava.saturday_plan import Finisher, Plan
from simulators.strava.site import Site
from simulators.strava.webhooks import Subscription, Webhooks

SHOWN = 9
"""How many of the newest finishers the page shows."""
LENGTHS = {"2": "2 minutes", "5": "5 minutes", "10": "10 minutes", "20": "20 minutes"}
NOTES = {
    "renamed": "renames the run a minute later",
    "private": "kept private, so only at Strava",
    "late": "uploaded late",
    "last": "uploaded last of all",
    "trimmed": "start and end of the map hidden",
    "deleted": "deletes the run again",
    "wrong_zone": "watch set to New York time",
}


def saturday_section(site: Site, webhooks: Webhooks, saturday: Saturday) -> str:
    if saturday.is_running and saturday.plan:
        inside = _running(saturday.plan, now=site.clock())
    else:
        inside = _idle(len(site.tokens.connected() & site.athletes.keys()), webhooks.subscription, saturday.plan)
    return f'<section class="saturday" id="saturday">{inside}</section>'


def _idle(connected: int, subscription: Subscription | None, last: Plan | None) -> str:
    """Return what the section says while no Saturday is running."""
    if not connected:
        return (
            "<h1>A Saturday at Bushy</h1><p>Nothing can begin yet: no athlete is connected to the site."
            " Sign in to the site with Strava, or wait until its demo club is ready, and reload this page.</p>"
            '<p class="line"><button class="main" disabled>Start the Saturday</button></p>'
        )
    runners = "The connected athlete finishes" if connected == 1 else f"All {connected} connected athletes finish"
    start = form(
        "saturday",
        '<button class="main">Start the Saturday</button>' + select("minutes", "over", LENGTHS, "10"),
    )
    before = f"<h2>Who finished last time</h2>{_finishers(last)}" if last else ""
    return (
        f"<h1>A Saturday at Bushy</h1><p>{runners} Bushy parkrun one after the other, as on any Saturday at half past"
        " nine. Some reach a milestone, some are there for the first time, some watches upload late."
        f" {_where_to_watch(subscription)}</p>{start}{before}"
    )


def _where_to_watch(subscription: Subscription | None) -> str:
    if subscription is None:
        return "The site is not subscribed to events here, so it finds the runs only when it imports them."
    parts = urlsplit(subscription.callback_url)
    return (
        f'Watch the feed and the wall on <a href="{escape(parts.scheme)}://{escape(parts.netloc)}/">the site</a>'
        " meanwhile: there is nothing to press there."
    )


def _running(plan: Plan, *, now: float) -> str:
    """Return the progress of a Saturday, which the script keeps up to date."""
    done, of = sum(one.activity is not None for one in plan.finishers), len(plan.finishers)
    waiting = [one.uploads_at for one in plan.finishers if one.activity is None]
    next_in_s = max(0, round(min(waiting, default=0) - now))
    following = f"next in {next_in_s} s" if next_in_s else "next any moment" if waiting else "everybody has finished"
    left_s = max(0, round(plan.ends_at - now))
    return (
        f"<h1>A Saturday at {escape(plan.event.name.removesuffix(' parkrun'))}</h1>"
        f'<p class="count"><b>{done}</b> of {of} finished</p>'
        f'<progress max="{of}" value="{done}" aria-label="Finished"></progress>'
        f'<p class="next">{following} · ends in {left_s // 60}:{left_s % 60:02}</p>'
        f"{_finishers(plan)}{form('saturday/stop', '<button>Stop the Saturday</button>')}<script>{SCRIPT}</script>"
    )


def _finishers(plan: Plan) -> str:
    newest = [one for one in plan.finishers if one.activity][-SHOWN:][::-1]
    return f'<ol class="finishers">{"".join(_finisher(one) for one in newest)}</ol>'


def _finisher(one: Finisher) -> str:
    note = NOTES.get(one.unusual) or one.special
    small = f"<small>{escape(note)}</small>" if note else ""
    return f"<li><b>{one.seconds // 60}:{one.seconds % 60:02}</b> <span>{escape(one.athlete.name)} {small}</span></li>"


SCRIPT = """
setInterval(async () => {
  const answer = await fetch("/control/saturday/section").catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!fresh.querySelector("progress")) return location.reload();
  for (const part of [".count", "progress", ".next", ".finishers"])
    document.querySelector(`#saturday ${part}`).replaceWith(fresh.querySelector(part));
}, 1000);
"""
"""Replaces the parts of the section that change. The button stays, so that it keeps the focus."""
