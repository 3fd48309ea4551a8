"""The kinds of rows about clubs: memberships with their consents, a captain's keys, entries, posts, cheers, mentions,
reports and mutes."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from strava_live.accounts.models import User
from strava_live.clubs.models import Invitation, Membership, Screen
from strava_live.feed.models import Cheer, Entry, Mention, Report
from strava_live.feed.wording import text_of
from strava_live.lifecycle.export.kinds import CONFIDENTIAL, YOU, Column, ExportedKind, left_out, plain, shown
from strava_live.muting.models import Mute
from strava_live.visibility import data_shown

CLUB = shown("club", "club", lambda row: row.club.slug)
OF_A_CAPTAIN = "It is the number of the account of the captain who hid the post."
YOUR_NAME = "you"
"""The name that is passed to `data_shown`. Without a name, `data_shown` would leave out the link to Strava and the
model of the device, also from a hidden member's own entries."""
KEY_COLUMNS = plain("made_at", "expires_at", "revoked_at")


def cheers_by(user: User) -> QuerySet[Cheer]:
    """Return the person's cheers. `is_member` says whether the person may still see the entry's club."""
    membership = Membership.objects.active().of(user.pk).filter(club=OuterRef("entry__club"))
    return Cheer.objects.filter(user=user).select_related("entry__club").annotate(is_member=Exists(membership))


def name_of_cheered(cheer: Any) -> str:
    """Return the name, as the club sees it, of the member whose entry was cheered for; "" for a hidden member."""
    return cheer.entry.name if cheer.is_member else ""


CLUB_KINDS = (
    ExportedKind(
        "memberships",
        Membership,
        "The clubs that you are in or have asked to join. “consented_at” is when you last chose what the club sees of "
        "you: whether it sees your parkruns, and under which name.",
        lambda user: Membership.objects.of(user.pk).select_related("club", "user"),
        (
            *plain("id"),
            CLUB,
            Column("club_name", lambda row: row.club.name),
            *plain("role", "state", "joined_at", "shares_parkruns", "shown_as"),
            Column("name_shown", lambda row: row.shown_name),
            *plain("consented_at"),
        ),
        left_out(YOU, "user"),
    ),
    ExportedKind(
        "invitations",
        Invitation,
        "Invitations to a club that you made as its captain. Their secret addresses are left out.",
        lambda user: Invitation.objects.filter(made_by=user).select_related("club"),
        (*plain("id"), CLUB, *KEY_COLUMNS, *plain("needs_approval", "on_screens")),
        left_out(CONFIDENTIAL, "digest", "secret") | left_out(YOU, "made_by"),
    ),
    ExportedKind(
        "screens",
        Screen,
        "Wall screens of a club that you made as its captain. Their secret addresses are left out.",
        lambda user: Screen.objects.filter(made_by=user).select_related("club"),
        (*plain("id"), CLUB, *plain("name"), *KEY_COLUMNS),
        left_out(CONFIDENTIAL, "digest", "secret") | left_out(YOU, "made_by"),
    ),
    ExportedKind(
        "entries",
        Entry,
        "What your clubs' feeds show about you: your parkruns, milestones and posts, and that you joined. “cheers” is "
        "how many members cheered.",
        lambda user: Entry.objects.of_athlete(user.pk).select_related("club"),
        (
            *plain("id"),
            CLUB,
            *plain("kind", "at"),
            shown("name_shown", "name", lambda row: row.name),
            Column("words", text_of),
            shown("text", "text", lambda row: text_of(row) if row.kind == Entry.Kind.POST else ""),
            shown("data", "data", lambda row: data_shown(row.data, YOUR_NAME)),
            *plain("cheers", "key", "seq", "first_seq", "removed", "edited_at", "hidden_at"),
            shown("reply_to", "reply_to", lambda row: row.reply_to_id),
            *plain("fold"),
        ),
        left_out(YOU, "athlete") | left_out(OF_A_CAPTAIN, "hidden_by"),
    ),
    ExportedKind(
        "cheers",
        Cheer,
        "Cheers that you gave: when, and for which entry of which club. The name is the one that the club shows.",
        cheers_by,
        (
            *plain("id", "at"),
            shown("entry_id", "entry", lambda row: row.entry_id),
            Column("club", lambda row: row.entry.club.slug),
            Column("kind", lambda row: row.entry.kind),
            Column("entry_about", name_of_cheered),
        ),
        left_out(YOU, "user"),
    ),
    ExportedKind(
        "mentions",
        Mention,
        "Posts in your clubs that mention you.",
        lambda user: Mention.objects.filter(user=user).select_related("entry__club"),
        (
            *plain("id"),
            shown("entry_id", "entry", lambda row: row.entry_id),
            Column("club", lambda row: row.entry.club.slug),
            Column("at", lambda row: row.entry.at),
        ),
        left_out(YOU, "user"),
    ),
    ExportedKind(
        "reports",
        Report,
        "Posts that you reported to the captains of a club, with your reason, and what the captains decided.",
        lambda user: Report.objects.filter(reporter=user).select_related("entry__club"),
        (
            *plain("id", "at", "reason", "outcome", "decided_at"),
            shown("entry_id", "entry", lambda row: row.entry_id),
            Column("club", lambda row: row.entry.club.slug),
        ),
        left_out(YOU, "reporter"),
    ),
    ExportedKind(
        "mutes",
        Mute,
        "People whom you muted or blocked. They do not learn of it. “person_id” is the number in the address of their "
        "page.",
        lambda user: Mute.objects.of(user.pk),
        (*plain("id", "at", "blocks"), shown("person_id", "other", lambda row: row.other_id)),
        left_out(YOU, "owner"),
    ),
)
