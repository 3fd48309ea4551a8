"""The sentences that a page's script shows for what only the browser knows: the connection, and counts in the page.

Each page renders its sentences as JSON, and static/js/page_words.js fills in the values. Where the server shows the
same sentence itself, it takes the sentence from here.
"""

from collections.abc import Mapping
from typing import NamedTuple

from strava_live.messages.sending import EMPTY_MESSAGE, LONG_MESSAGE
from strava_live.social.post_text import EMPTY_POST, LONG_POST
from strava_live.web.words import A_MEMBER, TODAY, UNTITLED, YESTERDAY


class Plural(NamedTuple):
    """A text in a form for one and in a form for other numbers. `{count}` in it stands for the number."""

    one: str
    other: str

    def of(self, count: int, **values: str) -> str:
        return (self.one if count == 1 else self.other).format(count=f"{count:,}", **values)


Sentences = Mapping[str, str | Plural]

CHEERS = Plural("{count} cheer", "{count} cheers")
EDITED = "edited"
EARLIER_REPLIES = Plural("Show {count} earlier reply", "Show {count} earlier replies")
FLOOD = Plural("{count} more at {event}", "{count} more at {event}")
ACTIVITIES = Plural("{count} activity", "{count} activities")
PARKRUNS = Plural("{count} parkrun", "{count} parkruns")
YEAR = "{year}: {activities}, {parkruns}"
TO_CHECK = "{count} to check"
ALIKE = "{count} like this at {event}"
SAVE_ALL = "Save all {count}"
FOUND_WORD, SAVED_WORD = Plural("activity", "activities"), Plural("parkrun", "parkruns")
NO_TOTAL = "Strava won't tell us the total until we reach the end."
CARRYING_ON_SOON, TRYING_AGAIN_SOON = "Carrying on soon", "Trying again soon"
BACK_TO_TODAY = "today"
YOU = "You"
DELETED_MESSAGE = "Message deleted"
SENT, DELIVERED, READ = "Sent", "Delivered", "Read"
SAVE, REMOVE = "Save", "Remove"

CONNECTION: Sentences = {
    "live": "Live",
    "dialling": "Reconnecting",
    "dialling_in": "Reconnecting in {seconds} s",
    "offline": "Offline",
    "over_4400": "Something went wrong: reload the page",
    "over_4401": "Signed out",
    "over_4403": "No longer allowed",
    "over_4404": "Club not found",
    "over_4429": "Too many messages: reload the page",
}
COUNTDOWN: Sentences = {
    "carrying_on_in": "Carrying on in {left}, at {time}",
    "carrying_on_now": "Carrying on any moment now",
    "carrying_on_soon": CARRYING_ON_SOON,
    "trying_again_in": "Trying again in {left}, at {time}",
    "trying_again_now": "Trying again any moment now",
    "trying_again_soon": TRYING_AGAIN_SOON,
}
DAYS: Sentences = {"day_today": TODAY, "day_yesterday": YESTERDAY}
FEED: Sentences = {
    **CONNECTION,
    **DAYS,
    "a_member": A_MEMBER,
    "show_new": "Show {count} new",
    "show_replies": Plural("Show {count} new reply", "Show {count} new replies"),
    "edited": EDITED,
    "earlier_replies": EARLIER_REPLIES,
    "flood": FLOOD,
    "reply_to": "Reply to {name}",
    "members_found": Plural("{count} member found.", "{count} members found. Choose with the arrow keys."),
    "entry_gone": "That post is no longer here.",
    "new_cards": "{count} new in the feed.",
    "cheers": CHEERS,
    "cheers_unknown": "We can't show who cheered right now. Try again in a moment.",
    "posted": "Posted.",
    "saved": "Saved.",
    "not_done": "That didn't work. Reload the page and try again.",
    "not_done_offline": "That didn't work. You're offline.",
    "deleting": "Deleting …",
    "not_deleted": "Not deleted. Reload the page and try again.",
    "not_deleted_offline": "Not deleted. You're offline.",
    "left": "{count} left",
    "too_many": "{count} too many",
    "empty_post": EMPTY_POST,
    "long_post": LONG_POST,
    "no_answer": "No answer yet. Press Post to try again; it won't be posted twice.",
    "post_waits": "We'll send this when you're back online.",
    "not_sent": "Not sent: {why}. We've kept your text here.",
}
SCREEN: Sentences = {
    **CONNECTION,
    **DAYS,
    "a_member": A_MEMBER,
    "last_updated": "{words} · updated {time}",
    "board_page": "{shown} of {all}",
}
SYNC: Sentences = {
    **CONNECTION,
    "dialling_again": "Reconnecting.",
    "offline_now": "You are offline.",
    "live_again": "Connected again.",
    "untitled": UNTITLED,
    "today": BACK_TO_TODAY,
    "activities": ACTIVITIES,
    "parkruns": PARKRUNS,
    "found_word": FOUND_WORD,
    "saved_word": SAVED_WORD,
    "year": YEAR,
    "no_total": NO_TOTAL,
    "covered": "{percent}% of the way back to {month}",
    "moments_left": "less than a minute left",
    "minutes_left": Plural("about a minute left", "about {count} minutes left"),
    **COUNTDOWN,
    "to_check": TO_CHECK,
    "alike": ALIKE,
    "save_all": SAVE_ALL,
    "save": SAVE,
    "remove": REMOVE,
    "saved_one": "Saved: {name}",
    "removed_one": "Removed: {name}",
    "no_parkrun_one": "Not a parkrun: {name}",
    "next_maybe": "Next: {name}",
    "failed": "That didn't work. Check your connection and try again.",
}
BUCKET: Sentences = {
    **CONNECTION,
    **COUNTDOWN,
    "live_again": "Connected again.",
}
MESSAGES: Sentences = {
    **CONNECTION,
    **DAYS,
    "you": YOU,
    "deleted": DELETED_MESSAGE,
    "sent": SENT,
    "delivered": DELIVERED,
    "read": READ,
    "sending": "Sending …",
    "waiting": "We'll send this when you're back online",
    "not_sent": "Not sent: {why}. We've kept it in this browser.",
    "no_answer": "No answer yet. Try again: it won't be sent twice.",
    "new_below": "{count} new",
    "left": "{count} left",
    "too_many": "{count} too many",
    "empty_message": EMPTY_MESSAGE,
    "long_message": LONG_MESSAGE,
    "deleting": "Deleting …",
    "not_deleted_offline": "Not deleted. You're offline.",
}
STATUS: Sentences = {
    "live": "Live · {at}",
    "paused": "Paused · figures from {at}",
    "offline": "You're offline · figures from {at}",
    "unreachable": "We can't reach the site · figures from {at}",
    "stopped": "These figures have stopped at {at}. Reload the page",
    "pause": "Pause",
    "resume": "Resume",
}


def script_words(sentences: Sentences) -> dict[str, str | dict[str, str]]:
    """Return the sentences as the page's script reads them."""
    return {name: one._asdict() if isinstance(one, Plural) else one for name, one in sentences.items()}
