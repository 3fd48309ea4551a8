"""Rows of the table on /privacy/ about data that the site itself needs: account, parkruns, clubs, safety."""

from strava_live.accounts.known_devices import AGE_S as DEVICE_AGE_S
from strava_live.api_tokens.tokens import ENDED_TOKENS_KEPT_FOR
from strava_live.clubs.keys import ENDED_KEPT_FOR
from strava_live.idempotency.models import KEPT_FOR as ANSWERS_KEPT_FOR
from strava_live.notifications.models import KEPT_DAYS as NOTIFICATIONS_KEPT_DAYS
from strava_live.parkrun.importing.drafts import DRAFT_KEPT_FOR
from strava_live.web.privacy_row import DAY_S, NOBODY, ONLY_YOU, WITH_ACCOUNT, StoredData, hours_kept, session_kept
from strava_live.web.words import days_kept


def account_rows() -> tuple[StoredData, ...]:
    return *person_rows(), *sign_in_rows(), *program_rows()


def person_rows() -> tuple[StoredData, ...]:
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
    )


def sign_in_rows() -> tuple[StoredData, ...]:
    return (
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
    )


def program_rows() -> tuple[StoredData, ...]:
    return (
        StoredData(
            "API tokens you make for your own programs: name, what they may do, when you made them, the day one was "
            "last used",
            "to let a program use this site as you",
            f"{days_kept(ENDED_TOKENS_KEPT_FOR.days)} after they expire or you revoke them",
            "you. We store a token as a hash that nobody can read, and its first letters so you can tell tokens apart",
        ),
        StoredData(
            "That your form, or a request of your program with an Idempotency-Key, arrived: a hash of what it said, "
            "where it led, and our answer to a program (of a post or message only its number)",
            "so that what arrives twice is done once",
            hours_kept(ANSWERS_KEPT_FOR.total_seconds()),
            "nobody. Your program gets our answer again when it repeats its request",
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
            "Notifications: who mentioned you, replied, cheered or wrote to you, what captains answered, and when you "
            "read it",
            "to tell you what happened while you were away",
            f"{days_kept(NOTIFICATIONS_KEPT_DAYS)}, or until what it is about is gone",
            ONLY_YOU,
        ),
        StoredData(
            "Your direct messages, with whom you write, and how far each of you has received and read them",
            "for the two of you to talk",
            "until you delete a message, which deletes it for both of you. If you delete your account, your messages "
            "stay with the other person as those of a former member, without your name, until they delete theirs",
            "you and the other person. Captains and the admin pages don't show them",
        ),
        StoredData(
            "Invitations and wall screens that captains make for their club, and who made each",
            "to let people join, and to show the feed on a wall",
            f"{days_kept(ENDED_KEPT_FOR.days)} after they end or are revoked",
            "the captains of that club; their secret part is stored encrypted",
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
            "Server logs: time, address of the page and result of each request. Addresses have numbers in them, such "
            "as an activity's. A few lines about lost connections have your athlete number",
            "to find faults and stop misuse",
            "as long as this site's host keeps logs",
            "the people who run the site. Logs contain no keys",
        ),
    )
