"""Rows of the table on /privacy/ about data that exists because of Strava, Bucket or push services."""

from django.conf import settings

from strava_live.activities.models import Removal
from strava_live.formats import quantity
from strava_live.notifications.subscriptions import PUSHES_KEPT_DAYS, UNSEEN_DAYS
from strava_live.web.privacy_row import NOBODY, ONLY_YOU, WITH_ACCOUNT, StoredData, hours_kept, revoked_kept
from strava_live.web.words import days_kept, unsaved_kept_for


def strava_rows() -> tuple[StoredData, ...]:
    return *key_rows(), *activity_rows(), *import_rows(), *ended_rows()


def key_rows() -> tuple[StoredData, ...]:
    """Return rows about tokens of Strava, also those that Strava is asked to revoke."""
    return (
        StoredData(
            "The keys (tokens) to your Strava, your athlete number, when you joined Strava, what you allowed there, "
            "and when you connected",
            "to read your activities at Strava, and to know how far back they go",
            "until you disconnect Strava or delete your account. If you have no password, we keep your athlete number "
            "when you disconnect, because you sign in with it",
            "you, except the keys: they are stored encrypted and no page shows them",
        ),
        StoredData(
            "One key that Strava is to withdraw, encrypted and without your name or athlete number",
            "to ask again until Strava has answered",
            f"until {quantity(int(settings.REVOCATION_KEPT_S // 60), 'minute', 'minutes')} after Strava has answered, "
            f"so that a sign-in at that moment isn't cut off; {days_kept(settings.STRAVA_REVOKE_DAYS)} at most",
            NOBODY,
        ),
    )


def activity_rows() -> tuple[StoredData, ...]:
    return (
        StoredData(
            "Activities imported from Strava that you haven't saved: name, sport, day, time, distance, route, device",
            "for you to choose which to save",
            f"{unsaved_kept_for()} after Strava last sent them",
            ONLY_YOU,
        ),
        StoredData(
            "Activities you've saved, and parkruns we saved for you: the same",
            "your list of runs, and the proof of your parkruns",
            "until you remove them, Strava no longer has them, or you delete your account",
            "you. Routes never leave your own pages",
        ),
        StoredData(
            "Activities you've removed: the same",
            "so that no import saves them again",
            "until Strava no longer has them, or you delete your account",
            ONLY_YOU,
        ),
        StoredData(
            "Which activities you removed together",
            "to undo it",
            hours_kept(Removal.KEPT_FOR.total_seconds()),
            ONLY_YOU,
        ),
    )


def import_rows() -> tuple[StoredData, ...]:
    return (
        StoredData(
            "Your imports: when, which days, how many activities",
            "to carry on where an import stopped, and to notice activities you hide or delete on Strava",
            f"{days_kept(settings.RETENTION_RUNS_DAYS)}; longer while an activity read in it, or your parkrun count, "
            "depends on it",
            ONLY_YOU,
        ),
        StoredData(
            "What Strava tells us about your activities: that you added, changed or deleted one",
            "to show your runs, and hide what you hide, without you pressing anything",
            f"{days_kept(settings.RETENTION_EVENTS_DAYS)} after we've acted on it",
            NOBODY,
        ),
    )


def ended_rows() -> tuple[StoredData, ...]:
    """Return rows about what is stored once the person has disconnected Strava, or has revoked our access there."""
    copies = ", and whether copies in your Bucket do" if settings.BUCKET_CLIENT_ID else ""
    return (
        StoredData(
            "What came from Strava, once you disconnect it here",
            "nothing any more",
            "deleted straight away; you choose whether the results you typed in stay" + copies,
            NOBODY,
        ),
        StoredData(
            "Everything that came from Strava, once you withdraw our access on Strava",
            "so that nothing is lost if you connect again" if revoked_kept() else "nothing any more",
            (
                f"hidden straight away, and deleted after {revoked_kept()}"
                if revoked_kept()
                else "deleted as soon as Strava has confirmed it"
            )
            + "; results you typed in stay yours",
            "nobody else from that moment",
        ),
    )


def bucket_rows() -> tuple[StoredData, ...]:
    return (
        StoredData(
            "The keys (tokens) to your Bucket, your name and number there, what you allowed there, when you connected, "
            "and what you chose to send",
            "to send your saved activities there",
            "until you disconnect Bucket or delete your account",
            "you see your name there; the keys are stored encrypted and no page shows them",
        ),
        StoredData(
            "Which activities were sent there: Strava's number, start, when, a hash of what was sent, and the numbers "
            "of the Thing and Properties they're in",
            "to send nothing twice, and to delete there what you remove here",
            "until what came from Strava is deleted, you disconnect Bucket, or you delete your account; if the copies "
            "in your Bucket are to be deleted, until that is done",
            ONLY_YOU,
        ),
        StoredData(
            "Each sending: when, how many activities, how it ended",
            "to carry on where it stopped, and to show you what was sent",
            f"{days_kept(settings.RETENTION_RUNS_DAYS)} after it ended; the last one as long as Bucket is connected",
            ONLY_YOU,
        ),
        StoredData(
            "Keys that Bucket is to withdraw, encrypted and without your name, and the number of the Thing to delete "
            "if you want that",
            "to ask again until Bucket has answered",
            f"until Bucket has answered, {days_kept(settings.BUCKET_REVOKE_DAYS)} at most",
            NOBODY,
        ),
    )


def device_rows() -> tuple[StoredData, ...]:
    """Return rows about the devices that are notified, and what is sent to them."""
    return (
        StoredData(
            "For each browser that you want to be notified in: the address and keys with which it is reached, its "
            "name, and when it was last here",
            "to send notifications to it",
            "until you switch them off there or sign out there; the address and keys also until the browser ends them; "
            f"{days_kept(UNSEEN_DAYS)} after it was last here at most",
            "you, except the address and keys: they are stored encrypted and no page shows them",
        ),
        StoredData(
            "Which notifications you want on your devices, and your quiet hours",
            "to send you only those",
            WITH_ACCOUNT,
            ONLY_YOU,
        ),
        StoredData(
            "Which notification was sent to which of your devices",
            "to send each once, and to take it back when you have read it",
            f"{days_kept(PUSHES_KEPT_DAYS)} after it was due",
            NOBODY,
        ),
    )
