"""The figures of /metrics as families of Prometheus: a name, a help text, and a value for each set of labels.

Figures from the tables are the same whichever process is asked, and so is Strava's budget while Redis answers. The
others are about the process that is asked.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from strava_live import tallies
from strava_live.hub.counts import HubCounts
from strava_live.status.figures import Processes, TableFigures
from strava_live.strava.budget import BudgetStatus
from strava_live.strava.limits import Meters
from strava_live.sync.models import SyncRun
from strava_live.webhook.models import StravaEvent

PREFIX = "saturday_live_"


def gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(PREFIX + name, what, value=value)


def gauges(name: str, what: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(PREFIX + name, what, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def counter(name: str, what: str, value: float) -> CounterMetricFamily:
    return CounterMetricFamily(PREFIX + name, what, value=value)


def budget_families(budget: BudgetStatus) -> Iterator[Metric]:
    """Yield Strava's limits and how much of them is used, by window and by what Strava counts."""
    yield meters("strava_requests_used", "Requests to Strava that were counted in the current window.", budget.used)
    yield meters("strava_requests_limit", "Requests that Strava allows in a window.", budget.limits)
    yield gauges(
        "strava_window_end_timestamp_seconds",
        "When the current window of Strava's limits ends.",
        "window",
        {"quarter_hour": budget.quarter_ends.timestamp(), "day": budget.day_ends.timestamp()},
    )
    refused = "1 if Strava has refused a request in this quarter of an hour, so that no more are sent in it."
    yield gauge("strava_refused", refused, budget.closed)
    alone = "1 if this process counts only its own requests to Strava, because Redis does not answer."
    yield gauge("strava_budget_degraded", alone, budget.degraded)


def meters(name: str, what: str, values: Meters) -> GaugeMetricFamily:
    family = GaugeMetricFamily(PREFIX + name, what, labels=["window", "counted"])
    for window, part in (("quarter_hour", "quarter"), ("day", "day")):
        for counted in ("overall", "read"):
            family.add_metric([window, counted], getattr(values, f"{counted}_{part}"))
    return family


def table_families(tables: TableFigures, now: datetime) -> Iterator[Metric]:
    """Yield the queues, the events of Strava and the processes, as the tables have them."""
    yield gauge(
        "runs_running", "Runs (imports and handling of events) that a process is executing.", tables.runs.running
    )
    waiting = {one.reason or "not_begun": one.count for one in tables.runs.waiting}
    reasons = dict.fromkeys(("not_begun", *SyncRun.Wait.values), 0)
    yield gauges("runs_waiting", "Runs that wait, by the reason.", "reason", reasons | waiting)
    queues = {"events": tables.events.waiting, "runs": tables.runs.queue, "revocations": tables.revocations}
    counts = {name: queue.count for name, queue in queues.items()}
    yield gauges("queue_length", "Rows that wait: events, runs, and revocations that are due.", "queue", counts)
    ages = {name: queue.age_s(now) for name, queue in queues.items()}
    yield gauges(
        "queue_oldest_age_seconds", "How long the oldest row of a queue has waited, in seconds.", "queue", ages
    )
    yield from event_families(tables)
    yield from process_families(tables.processes)


def event_families(tables: TableFigures) -> Iterator[Metric]:
    events = tables.events
    yield gauge(
        "events_last_hour", "Events that Strava has sent in the last hour, each counted once.", events.last_hour
    )
    if events.last_at:
        at = events.last_at.timestamp()
        yield gauge("event_last_received_timestamp_seconds", "When the last event of Strava arrived.", at)
    signatures = dict.fromkeys(StravaEvent.Signature.values, 0) | events.signatures
    signed = "How the last 100 events arrived: signed and verified, signed and not verified, unsigned."
    yield gauges("events_by_signature", signed, "signature", signatures)
    if events.delays:
        took = "Time from Strava's time of an event to its effect in the feeds, of the last 100 events, in seconds."
        delays = events.delays
        values = {"median": delays.median, "percentile_95": delays.percentile_95, "slowest": delays.slowest}
        yield gauges("event_to_feed_seconds", took, "of", values)
    subscribed = "1 if Strava sends its events here, as far as the last check knows."
    yield gauge("webhook_subscribed", subscribed, tables.subscribed_since is not None)
    if tables.subscribed_since:
        checked = "When Strava last confirmed that it sends its events here."
        yield gauge("webhook_checked_timestamp_seconds", checked, tables.subscribed_since.timestamp())


def process_families(processes: Processes) -> Iterator[Metric]:
    kinds = {"worker": processes.workers, "web": processes.webs}
    yield gauges("processes", "Processes that have renewed their row in the last 30 seconds.", "kind", kinds)
    taking = "Processes among these that take up work that waits."
    yield gauge("processes_taking_up", taking, processes.taking_up)
    jobs = {name: at.timestamp() for name, at in processes.jobs.items()}
    yield gauges("job_last_success_timestamp_seconds", "When a regular job last succeeded.", "job", jobs)


def hub_families(hub: HubCounts) -> Iterator[Metric]:
    """Yield what the hub of this process has: its sockets and what waits to be sent to them."""
    yield gauges("sockets", "Open WebSockets and event streams of this process.", "kind", hub.sockets)
    yield gauge("rooms", "Clubs whose feed is open in this process.", hub.rooms)
    yield gauge("hub_groups", "Groups of the channel layer to which this process subscribes.", hub.groups)
    yield gauge("hub_groups_failed", "Groups whose subscription failed and is tried again.", hub.failed_groups)
    yield gauge("hub_sockets_joining", "Sockets of this process that wait for their snapshot.", hub.joining)
    queues = {"outgoing": hub.outgoing, "early": hub.early}
    held = "Changes of feeds that this process holds: about to be sent, or early because one before them is missing."
    yield gauges("hub_changes", held, "queue", queues)
    yield gauge("hub_deaf", "1 if nothing arrives here from the channel layer.", hub.is_deaf)
    lost = "Times that an announcement may have been lost on its way to this process."
    yield counter("hub_possible_losses", lost, hub.possible_losses)
    if hub.round_trip_s is not None:
        took = "How long the last ping of this process to itself took through the channel layer, in seconds."
        yield gauge("hub_round_trip_seconds", took, hub.round_trip_s)


def tally_families() -> Iterator[Metric]:
    """Yield what happened in this process since its start."""
    yield counter(
        "lost_announcements", "Announcements that the channel layer did not accept.", tally(tallies.LOST_ANNOUNCEMENTS)
    )
    yield counter(
        "slow_clients", "Sockets closed because their client was too far behind.", tally(tallies.SLOW_CLIENTS)
    )
    yield counter("hub_backfills", "Reads of changes whose announcements were missing.", tally(tallies.BACKFILLS))
    yield counter(
        "hub_resubscriptions",
        "Times that the hub subscribed again because it was deaf.",
        tally(tallies.RESUBSCRIPTIONS),
    )


def tally(what: str) -> int:
    return tallies.counts[what]


def error_family(errors: Mapping[tuple[str, str], int]) -> CounterMetricFamily:
    what = "Errors that this process has logged, by logger and class of the exception."
    family = CounterMetricFamily(f"{PREFIX}errors", what, labels=["logger", "exception"])
    for (logger, exception), count in sorted(errors.copy().items()):  # type: ignore[attr-defined]
        family.add_metric([logger, exception], count)
    return family


def latency_families(latencies: Mapping[str, float]) -> Iterator[Metric]:
    """Yield how long the services took to answer just now. One that did not answer in time is left out."""
    what = "How long {} took to answer this scrape, in seconds. Absent if it did not answer in time."
    for service, name in (("database", "the database"), ("redis", "Redis")):
        if service in latencies:
            yield gauge(f"{service}_latency_seconds", what.format(name), latencies[service])


def build_family(commit: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        f"{PREFIX}build_info", "Always 1. The commit that runs, if the host names it.", labels=["commit"]
    )
    family.add_metric([commit], 1)
    return family
