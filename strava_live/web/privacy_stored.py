"""What the site stores about a person: the table on /privacy/, with the true times from settings and code.

A migration or job that stores personal data of another kind needs a row in privacy_site_rows.py or
privacy_service_rows.py.
"""

from typing import NamedTuple

from django.conf import settings

from strava_live.web.privacy_row import StoredData
from strava_live.web.privacy_service_rows import bucket_rows, device_rows, strava_rows
from strava_live.web.privacy_site_rows import account_rows, club_rows, parkrun_rows, safety_rows

CONTRACT, CONSENT, INTEREST = "Art. 6(1)(b)", "Art. 6(1)(a)", "Art. 6(1)(f)"
"""The clauses of the GDPR on which data is stored."""


class StoredGroup(NamedTuple):
    """Kinds of data that are stored on the same legal basis."""

    title: str
    basis: str
    """The legal basis as a sentence."""
    article: str
    """The clause of the GDPR that is the basis."""
    rows: tuple[StoredData, ...]


def stored_groups() -> list[StoredGroup]:
    agreed = "You agree to this when you connect {}, and can take it back at any time."
    bucket = StoredGroup("For your Bucket", agreed.format("Bucket"), CONSENT, bucket_rows())
    on_devices = "You agree to this when you switch on notifications on a device, and can take it back at any time."
    devices = StoredGroup("Notifications on your devices", on_devices, CONSENT, device_rows())
    running = "We have a legitimate interest in stopping misuse and finding faults."
    return [
        StoredGroup("Your account", "We need this to run the account you asked for.", CONTRACT, account_rows()),
        StoredGroup("From your Strava", agreed.format("Strava"), CONSENT, strava_rows()),
        StoredGroup("Your parkruns", "You ask us to save and count them.", CONTRACT, parkrun_rows()),
        StoredGroup(
            "In your clubs",
            "You agree to this for each club, and can take it back at any time.",
            CONSENT,
            club_rows(),
        ),
        *([bucket] if settings.BUCKET_CLIENT_ID else []),
        *([devices] if settings.VAPID_PRIVATE_KEY else []),
        StoredGroup("To keep the site safe and running", running, INTEREST, safety_rows()),
    ]
