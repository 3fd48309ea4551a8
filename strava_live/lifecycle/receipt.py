"""The receipt for a deleted account: a number, the time, and counts. It has no name, and the site does not store it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self

from django.conf import settings
from django.utils import timezone

from strava_live.formats import format_date, utc_iso
from strava_live.lifecycle.inventory import Counts, in_words


class AtStrava(StrEnum):
    """The outcome of withdrawing this site's access at Strava."""

    NOT_CONNECTED = "not_connected"
    REVOKED = "revoked"
    UNANSWERED = "unanswered"
    """Strava has not answered yet. A worker asks again."""
    UNREADABLE = "unreadable"
    """The token cannot be decrypted, so only the person can withdraw the access."""


AT_STRAVA = {
    AtStrava.NOT_CONNECTED: "You weren't connected to Strava, so there was no access to withdraw.",
    AtStrava.REVOKED: "Strava has withdrawn our access. You don't need to do anything there.",
    AtStrava.UNANSWERED: "We've asked Strava to withdraw our access, but it hasn't answered yet. Until it does, we "
    f"keep encrypted keys, without your name, only to ask again, for up to {settings.STRAVA_REVOKE_DAYS} days. "
    "To be quicker: Strava, Settings, My Apps, Revoke Access.",
    AtStrava.UNREADABLE: "We couldn't withdraw our access on Strava, because we can't read our key to it any more. "
    f"We keep it, without your name, for up to {settings.STRAVA_REVOKE_DAYS} days. "
    "You can do it there: Settings, My Apps, Revoke Access.",
}


class AtBucket(StrEnum):
    """The outcome of withdrawing this site's access at Bucket, and of deleting what the site sent there."""

    NOT_CONNECTED = "not_connected"
    REVOKED = "revoked"
    DELETED = "deleted"
    """Bucket has deleted what was sent, and revoked the access."""
    UNANSWERED = "unanswered"
    """Bucket has not done everything yet. A worker asks again."""
    LEFT = "left"
    """The access was ended before. What was to be deleted may be left there."""
    UNREADABLE = "unreadable"
    """No key in FIELD_KEYS decrypts the tokens. A worker tries again, because the operator may put the key back."""


AT_BUCKET = {
    AtBucket.REVOKED: "Bucket has withdrawn our access. What we sent is still in your Bucket.",
    AtBucket.DELETED: "Bucket has deleted what we sent, and has withdrawn our access.",
    AtBucket.UNANSWERED: "We've asked Bucket to withdraw our access, and to delete what we sent if you wanted that, "
    "but it hasn't finished yet. Until it does, we keep encrypted keys, without your name, only to ask again, for up "
    f"to {settings.BUCKET_REVOKE_DAYS} days.",
    AtBucket.LEFT: "We couldn't use our access at Bucket any more. Please check there what we sent, and our access.",
    AtBucket.UNREADABLE: "We couldn't withdraw our access at Bucket, because we can't read our keys to it any more. We "
    f"keep them, without your name, for up to {settings.BUCKET_REVOKE_DAYS} days. Please check there what we sent, and "
    "our access.",
}
NOT_TOUCHED = "Your activities on Strava stay there: we never change anything at Strava."
NOTHING_KEPT = "Nothing about you is left in our database."
CODE_KEPT = (
    "Nothing about you is left in our database, except a code that stands for your athlete number at Strava: we keep "
    "it for {} minutes, so that a new sign-in at that moment isn't cut off."
)
KEYS_KEPT = (
    "In our database we keep nothing about you but encrypted keys, without your name, until access is withdrawn, as it "
    "says above."
)
KEPT = (
    "Posts that others wrote stay, also where they mention you.",
    "Direct messages that you sent stay with the people you sent them to. They now come from “a former member”, "
    "without your name. Messages that you deleted before are gone.",
    "Backups of the site may hold your data until they're overwritten. The people who run the site know when that is.",
    "The log of the site has the number of this receipt, and not your name. Until the host deletes it, it also has the "
    "addresses of pages you opened, with numbers such as an activity's, and it may have your athlete number.",
)


@dataclass(frozen=True)
class ErasureReceipt:
    """What the person gets once their account is deleted."""

    number: str
    at: datetime
    counts: Counts
    at_strava: AtStrava = AtStrava.NOT_CONNECTED
    at_bucket: AtBucket = AtBucket.NOT_CONNECTED

    @classmethod
    def new(cls, counts: Counts) -> Self:
        letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without those that look like others
        parts = ("".join(secrets.choice(letters) for _ in range(4)) for _ in range(3))
        return cls("-".join(parts), timezone.now(), counts)

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Self:
        """Restore a receipt from its `fields`."""
        at = datetime.fromisoformat(fields["at"])
        at_services = AtStrava(fields["at_strava"]), AtBucket(fields["at_bucket"])
        return cls(fields["number"], at, dict(fields["counts"]), *at_services)

    @property
    def fields(self) -> dict[str, Any]:
        """The receipt as JSON."""
        return {
            "number": self.number,
            "at": utc_iso(self.at),
            "counts": self.counts,
            "at_strava": self.at_strava,
            "at_bucket": self.at_bucket,
        }

    @property
    def when(self) -> str:
        at = self.at.astimezone(UTC)
        return f"{format_date(at.date())} at {at:%H:%M} UTC"

    @property
    def deleted(self) -> list[str]:
        return ["your account: name, username, password and profile", *in_words(self.counts)]

    @property
    def strava_words(self) -> tuple[str, str]:
        return AT_STRAVA[self.at_strava], NOT_TOUCHED

    @property
    def bucket_words(self) -> str:
        """What happened at Bucket; "" if Bucket was not connected."""
        return AT_BUCKET.get(self.at_bucket, "")

    @property
    def kept(self) -> tuple[str, ...]:
        return self.kept_in_database, *KEPT

    @property
    def kept_in_database(self) -> str:
        is_done_at_strava = self.at_strava in {AtStrava.NOT_CONNECTED, AtStrava.REVOKED}
        if not is_done_at_strava or self.at_bucket in {AtBucket.UNANSWERED, AtBucket.UNREADABLE}:
            return KEYS_KEPT
        minutes = int(settings.REVOCATION_KEPT_S // 60)
        return NOTHING_KEPT if self.at_strava is AtStrava.NOT_CONNECTED else CODE_KEPT.format(minutes)

    def as_text(self) -> str:
        """Return the receipt as lines for an operator's terminal."""
        lines = [f"Receipt {self.number}", f"Deleted on {self.when}:", *(f"- {line}" for line in self.deleted)]
        at_bucket = ["At Bucket:", self.bucket_words] if self.bucket_words else []
        return "\n".join([*lines, "At Strava:", *self.strava_words, *at_bucket, "What we keep:", *self.kept])
