"""What the site stores about a person: the rows of the table on /privacy/, with the true times from settings and code.

A migration or job that stores personal data of another kind needs a row here.
"""

from typing import NamedTuple

from django.conf import settings

from strava_live.accounts.known_devices import AGE_S as DEVICE_AGE_S
from strava_live.activities.models import Removal
from strava_live.api_tokens.tokens import ENDED_TOKENS_KEPT_FOR
from strava_live.clubs.keys import ENDED_KEPT_FOR
from strava_live.formats import quantity
from strava_live.idempotency.models import KEPT_FOR as ANSWERS_KEPT_FOR
from strava_live.parkrun.importing.drafts import DRAFT_KEPT_FOR
from strava_live.web.words import days_kept, unsaved_kept_for

DAY_S = 24 * 3600
WITH_ACCOUNT = "as long as you have an account"
ONLY_YOU = "you"
NOBODY = "nobody"


class StoredData(NamedTuple):
    """A kind of data: what it is, what it is for, how long it is kept, and who can see it."""

    what: str
    purpose: str
    kept: str
    seen_by: str


class StoredGroup(NamedTuple):
    """Kinds of data that are stored on the same legal basis."""

    title: str
    basis: str
    """The legal basis as a sentence."""
    article: str
    """The clause of the GDPR that is the basis."""
    rows: tuple[StoredData, ...]


def stored_groups() -> list[StoredGroup]:
    bucket = StoredGroup(
        "For your Bucket",
        "You agree to this when you connect Bucket, and can take it back at any time.",
        "Art. 6(1)(a)",
        bucket_rows(),
    )
    return [
        StoredGroup(
            "Your account",
            "We need this to run the account you asked for.",
            "Art. 6(1)(b)",
            account_rows(),
        ),
        StoredGroup(
            "From your Strava",
            "You agree to this when you connect Strava, and can take it back at any time.",
            "Art. 6(1)(a)",
            strava_rows(),
        ),
        StoredGroup(
            "Your parkruns",
            "You ask us to save and count them.",
            "Art. 6(1)(b)",
            parkrun_rows(),
        ),
        StoredGroup(
            "In your clubs",
            "You agree to this for each club, and can take it back at any time.",
            "Art. 6(1)(a)",
            club_rows(),
        ),
        *([bucket] if settings.BUCKET_CLIENT_ID else []),
        StoredGroup(
            "To keep the site safe and running",
            "We have a legitimate interest in stopping misuse and finding faults.",
            "Art. 6(1)(f)",
            safety_rows(),
        ),
    ]


def account_rows() -> tuple[StoredData, ...]:
    return (
        StoredData(
            "Username, password, and email if you add one",
            "to sign you in, and to reset your password",
            WITH_ACCOUNT,
            "you; the people who run the site see your username and email. "
            "We store the password as a hash that nobody can read",
        ),
        StoredData(
            "Name, parkrun ID, goal time, time zone",
            "to show you by name, to recognise your results, to show times in your zone and how far you are from "
            "your goal",
            f"{WITH_ACCOUNT}; you can change or clear them",
            "you and the people who run the site. Your clubs see your name the way you choose, and their captains see "
            "it in full",
        ),
        StoredData(
            "Two-step sign-in, if you switch it on",
            "to protect your account",
            "until you switch it off",
            "you, while setting it up; stored encrypted",
        ),
        StoredData(
            "That you're signed in on a device",
            "so that you don't have to sign in each time",
            f"{session_kept()} after you sign in, or until you sign out",
            NOBODY,
        ),
        StoredData(
            "API tokens you make for your own programs: name, what they may do, when you made them, the day one was "
            "last used",
            "to let a program use this site as you",
            f"{days_kept(ENDED_TOKENS_KEPT_FOR.days)} after they expire or you revoke them",
            "you. We store a token as a hash that nobody can read, and its first letters so you can tell tokens apart",
        ),
        StoredData(
            "Answers to your own programs' requests, such as a post, if the program sends an Idempotency-Key",
            "so that a request that arrives twice is done once",
            hours_kept(ANSWERS_KEPT_FOR.total_seconds()),
            "your programs, when they send the same request again",
        ),
    )


def strava_rows() -> tuple[StoredData, ...]:
    return (
        StoredData(
            "The keys (tokens) to your Strava, your athlete number, when you joined Strava, what you allowed there, "
            "and when you connected",
            "to read your activities at Strava, and to know how far back they go",
            "until you disconnect Strava or delete your account",
            "nobody: the keys are stored encrypted and no page shows them",
        ),
        StoredData(
            "What came from Strava, once you disconnect it here",
            "nothing any more",
            "deleted straight away; you choose whether the results you typed in stay",
            NOBODY,
        ),
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
        StoredData(
            "One key that Strava is to withdraw, encrypted and without your name or athlete number",
            "to ask again until Strava has answered",
            f"until {quantity(int(settings.REVOCATION_KEPT_S // 60), 'minute', 'minutes')} after Strava has answered, "
            f"so that a sign-in at that moment isn't cut off; {days_kept(settings.STRAVA_REVOKE_DAYS)} at most",
            NOBODY,
        ),
    )


def parkrun_rows() -> tuple[StoredData, ...]:
    return (
        StoredData(
            "Your parkruns: event, date, time, and how we know of each; how many you did before the first one here",
            "your parkrun list, count and personal bests",
            "until you remove them or delete your account",
            "you. Clubs see your parkruns if you share them",
        ),
        StoredData(
            "Names of events that only you have named, and your corrections",
            "to name your parkruns the way you told us",
            "until you change them or delete your account",
            ONLY_YOU,
        ),
        StoredData(
            "Results you paste or upload",
            "for you to check before they're imported",
            f"until you import or discard them, {hours_kept(DRAFT_KEPT_FOR.total_seconds())} at most",
            ONLY_YOU,
        ),
    )


def club_rows() -> tuple[StoredData, ...]:
    return (
        StoredData(
            "The clubs you're in, what each one sees of you, and when you agreed to it",
            "to show each club only what you agreed to",
            "until you leave the club",
            "you. Members can see that you're in it",
        ),
        StoredData(
            "Your parkruns, milestones and earlier parkruns in a club's feed",
            "for your clubmates to see how you did, and for the club's totals",
            "until you stop sharing, remove the parkrun, hide it on Strava, or leave the club",
            "members of that club, and everyone who sees one of its screens",
        ),
        StoredData(
            "Your posts and cheers in a club",
            "for your clubmates to read",
            "until you or a captain delete them, or you leave the club",
            "members of that club; posts also appear on its screens. A post you haven't sent stays in your browser",
        ),
        StoredData(
            "Invitations and wall screens that captains make for their club, and who made each",
            "to let people join, and to show the feed on a wall",
            f"{days_kept(ENDED_KEPT_FOR.days)} after they end or are revoked",
            "the captains of that club; their secret part is stored encrypted",
        ),
    )


def bucket_rows() -> tuple[StoredData, ...]:
    return (
        StoredData(
            "The keys (tokens) to your Bucket, your name and number there, and what you chose to send",
            "to send your saved activities there",
            "until you disconnect Bucket or delete your account",
            "you see your name there; the keys are stored encrypted and no page shows them",
        ),
        StoredData(
            "Which activities were sent there, and when",
            "to send nothing twice, and to delete there what you remove here",
            "until you disconnect Bucket or delete your account",
            ONLY_YOU,
        ),
        StoredData(
            "Each sending: when, how many activities, how it ended",
            "to carry on where it stopped, and to show you what was sent",
            f"{days_kept(settings.RETENTION_RUNS_DAYS)} after it ended",
            ONLY_YOU,
        ),
        StoredData(
            "That we asked Bucket to withdraw our access, and to delete what was sent if you want that",
            "to ask again until Bucket has answered",
            f"until Bucket has answered, {days_kept(settings.BUCKET_REVOKE_DAYS)} at most",
            NOBODY,
        ),
    )


def safety_rows() -> tuple[StoredData, ...]:
    return (
        StoredData(
            "How often your network address or account tried to sign in, or sent something",
            "to stop people who guess passwords or flood the site",
            "an hour at most",
            NOBODY,
        ),
        StoredData(
            "A random number for each browser you've signed in with, kept in that browser",
            "so that someone guessing your password can't lock you out",
            days_kept(DEVICE_AGE_S // DAY_S),
            NOBODY,
        ),
        StoredData(
            "Server logs: time, page and result of each request",
            "to find faults and stop misuse",
            "as long as this site's host keeps logs",
            "the people who run the site. Logs contain no keys",
        ),
    )


def hours_kept(seconds: float) -> str:
    return quantity(int(seconds // 3600), "hour", "hours")


def session_kept() -> str:
    return days_kept(settings.SESSION_COOKIE_AGE // DAY_S)


def revoked_kept() -> str:
    """Return for how long data is kept after its owner has revoked our access at Strava; "" if not at all."""
    return days_kept(settings.RETENTION_REVOKED_DAYS) if settings.RETENTION_REVOKED_DAYS else ""
