"""The sentences about connecting Bucket and disconnecting it."""

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime

from strava_live.bucket.connections import GrantRefusal, GrantRefused
from strava_live.bucket.models import BucketConnection, BucketRevocation
from strava_live.bucket.revocations import BucketRevocationOutcome
from strava_live.bucket_client.errors import BucketError, BucketMisconfigured, BucketReconnectNeeded

SIGN_IN_FIRST = "Sign in first, then connect Bucket."
BAD_STATE = (
    "That took too long, or was started in another browser or from another account, so nothing has changed. "
    "Connect Bucket again from here."
)
DENIED = "You didn't allow access at Bucket, so nothing is connected. You can connect it whenever you like."
AT_BUCKET = "Bucket couldn't finish connecting, so nothing has changed. Try again later."
USED_CODE = "Bucket didn't accept that: it had expired or been used already. Connect Bucket again from here."
THIS_SITE_AT_FAULT = {"invalid_client", "unauthorized_client", "invalid_request", "invalid_scope"}
"""The errors of RFC 6749 with which Bucket refuses this site, and not the person."""
SCOPES_IN_WORDS = {"openid": "your name", "dcd:things": "your Things", "dcd:properties": "their Properties"}
WITHDRAWN = "We've asked Bucket to withdraw the access again."


def consent_failed(error: str) -> str:
    """Return the sentence for an error with which Bucket has sent the person back."""
    if error == "access_denied":
        return DENIED
    if error in THIS_SITE_AT_FAULT:
        return f"{BucketMisconfigured.sentence} {BucketMisconfigured.next_step}"
    return AT_BUCKET


def exchange_failed(error: BucketError) -> str:
    """Return the sentence for an error after the person has consented."""
    if isinstance(error, BucketReconnectNeeded):
        return USED_CODE
    return f"{error.sentence} Nothing has changed. {error.next_step}"


def grant_refused(error: GrantRefused) -> str:
    match error.refusal:
        case GrantRefusal.SCOPE_MISSING:
            missing = " and ".join(SCOPES_IN_WORDS[scope] for scope in error.scopes)
            why = f"Not connected: without access to {missing}, we can't send anything to your Bucket."
            return f"{why} Connect again, and leave everything ticked. {WITHDRAWN}"
        case GrantRefusal.ANOTHER_PERSON:
            why = f"You're connected to the Bucket of {error.person}, and what we sent is there."
            return f"{why} Disconnect it first if you want to connect another one. {WITHDRAWN}"
        case GrantRefusal.ANOTHER_USER:
            why = "Another account on this site is connected to that Bucket."
            return f"{why} Disconnect it there first, or sign out at Bucket to connect a different one. {WITHDRAWN}"
        case GrantRefusal.ACCOUNT_GONE:
            return f"Your account here has been deleted, so Bucket isn't connected. {WITHDRAWN}"


def connected(connection: BucketConnection) -> str:
    if connection.refresh_token:
        return "Bucket is connected."
    until = date_format(localtime(connection.expires_at), "j F Y, H:i")
    return (
        f"Bucket is connected until {until}. You didn't let us stay signed in, so you have to connect again then. "
        "To change that, connect again now and leave everything ticked."
    )


def disconnected(revocation: BucketRevocation, outcome: BucketRevocationOutcome) -> str:
    """Return the sentence after disconnecting. `outcome` is that of the first attempt at Bucket."""
    deletes = revocation.deletes_there
    match outcome:
        case BucketRevocationOutcome.DONE if deletes:
            return "Disconnected. Bucket has deleted what we sent, and has withdrawn our access."
        case BucketRevocationOutcome.DONE:
            return "Disconnected. Bucket has withdrawn our access. What we sent is still in your Bucket."
        case BucketRevocationOutcome.UNANSWERED:
            asked = "delete what we sent and to withdraw our access" if deletes else "withdraw our access"
            return (
                "Disconnected: we send nothing more. Bucket hasn't done everything yet, so we'll keep asking it to "
                f"{asked}, for up to {settings.BUCKET_REVOKE_DAYS} days."
            )
        case BucketRevocationOutcome.REFUSED if deletes:
            return (
                "Disconnected. Bucket no longer accepts our key, so we couldn't delete what we sent. "
                "You can delete it in your Bucket yourself."
            )
        case BucketRevocationOutcome.REFUSED:
            return "Disconnected. Bucket had withdrawn our access already."
        case BucketRevocationOutcome.UNREADABLE:
            left = " and delete what we sent" if deletes else ""
            return (
                "Disconnected: we send nothing more. We can't read our key to your Bucket any more, "
                f"so please withdraw our access{left} at Bucket yourself."
            )
