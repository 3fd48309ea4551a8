"""The kinds of rows about running: activities, parkruns, imports, and what Strava has reported."""

from strava_live.activities.models import Activity, AthleteState, Removal
from strava_live.lifecycle.export.kinds import (
    CONFIDENTIAL,
    INTERNAL,
    LISTED_EVENTS_ONLY,
    YOU,
    Column,
    ExportedKind,
    json_only,
    left_out,
    plain,
    shown,
)
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.result_models import ImportDraft, ParkrunResult, StartingNumbers
from strava_live.sync.models import SyncRun
from strava_live.webhook.models import StravaEvent

RUNNING_KINDS = (
    ExportedKind(
        "activities",
        Activity,
        "Your activities from Strava: those that you saved, those that you have not saved yet (found), and those that "
        "you removed (dismissed). Of an activity that Strava no longer shows us (gone), only the time is left. Times "
        "and distances are in seconds and metres. “recorded_with” names the Garmin device that recorded the activity.",
        lambda user: Activity.with_gone.of(user.pk),
        (
            *plain("id", "strava_id", "name", "sport_type", "start"),
            shown("start_local", "wall_clock", lambda row: row.wall_clock),
            *plain("utc_offset_s", "zone", "hidden_start", "distance_m", "moving_s", "elapsed_s"),
            *plain("state", "parkrun", "event_slug", "event_name", "settled", "removed", "visibility"),
            Column("recorded_with", lambda row: row.garmin_device),
            *plain("device_name", "manual", "trainer", "flagged", "athlete_count", "workout_type"),
            *plain("start_lat", "start_lng"),
            json_only("polyline"),
            *plain("seen_at", "seen_in", "mark", "reasons", "rules_version"),
            Column("view_on_strava", lambda row: row.url),
        ),
        left_out(YOU, "athlete"),
    ),
    ExportedKind(
        "parkruns",
        ParkrunResult,
        "Your parkruns: event, date, official time, position and note, and whether we recognised them or you typed "
        "them in or imported them. “time_s” is the official time, or else your watch's time.",
        lambda user: ParkrunResult.objects.of(user.pk).shown(),
        (
            *plain("id", "day"),
            shown("event", "event", lambda row: row.event.slug),
            Column("event_name", lambda row: row.event.name),
            *plain("how", "volunteered", "official_time_s"),
            Column("time_s", lambda row: row.time_s),
            *plain("position", "note", "source", "withheld"),
            shown("activity_strava_id", "activity", lambda row: row.activity.strava_id if row.activity else None),
            Column("recorded_with", lambda row: row.activity.garmin_device if row.activity else ""),
        ),
        left_out(YOU, "athlete"),
    ),
    ExportedKind(
        "starting_numbers",
        StartingNumbers,
        "How many parkruns you did before the first one that we have.",
        lambda user: StartingNumbers.objects.filter(athlete=user),
        plain("parkruns", "juniors", "volunteered"),
        left_out(YOU, "athlete"),
    ),
    ExportedKind(
        "own_events",
        ParkrunEvent,
        "parkrun events that are not on parkrun's list and that you named yourself.",
        lambda user: ParkrunEvent.objects.own(user.pk),
        plain("id", "slug", "name", "short_name", "series", "country", "region", "time_zone"),
        left_out(YOU, "owner")
        | left_out(LISTED_EVENTS_ONLY, "event_id", "latitude", "longitude", "start_default", "start_override")
        | left_out(LISTED_EVENTS_ONLY, "closed_on", "former_slugs", "former_places"),
    ),
    ExportedKind(
        "import_draft",
        ImportDraft,
        "Results that you pasted and have not confirmed yet. We keep them for a day.",
        lambda user: ImportDraft.objects.filter(athlete=user),
        plain("made_at", "content"),
        left_out(CONFIDENTIAL, "token") | left_out(YOU, "athlete"),
    ),
    ExportedKind(
        "removals",
        Removal,
        "Activities that you removed together in the last day, as they were before, so that you can undo it.",
        lambda user: Removal.objects.of(user.pk),
        (*plain("id", "made_at"), shown("activities", "before", lambda row: row.before)),
        left_out(YOU, "athlete"),
    ),
    ExportedKind(
        "history",
        AthleteState,
        "Whether we have read your whole history at Strava, and the number of changes to your activities.",
        lambda user: AthleteState.objects.filter(athlete=user),
        (*plain("history_known"), shown("changes", "value", lambda row: row.value)),
        left_out(YOU, "athlete"),
    ),
    ExportedKind(
        "imports",
        SyncRun,
        "Imports from Strava: when, which days, and how many activities. Some were started by you, others by us.",
        lambda user: SyncRun.objects.of(user.pk),
        (
            *plain("id", "strava_id", "kind", "state", "reason", "since", "until", "after", "before", "continues"),
            *plain("reached", "oldest", "found", "saved", "pages", "requests", "skipped", "started_at", "ended_at"),
            *plain("wait_until", "wait_reason", "setbacks", "cancel_asked", "failure_kind"),
        ),
        left_out(INTERNAL, "lease_owner", "lease_until") | left_out(YOU, "athlete"),
    ),
    ExportedKind(
        "strava_events",
        StravaEvent,
        "What Strava has reported about your activities: that one was added, changed or deleted, and what we did then.",
        lambda user: StravaEvent.objects.of(user.pk),
        (
            *plain("id", "about", "object_id", "aspect", "updates", "event_time", "received_at", "signature"),
            *plain("next_try_at", "tries", "handled_at", "outcome"),
        ),
        left_out(CONFIDENTIAL, "digest") | left_out(YOU, "athlete"),
    ),
)
