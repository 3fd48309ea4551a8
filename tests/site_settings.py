"""Settings of the tests: those of the site, with every wait shortened and passwords hashed cheaply."""

import os
import tempfile
from pathlib import Path

os.environ.update(
    {
        "DEBUG": "0",
        "SECRET_KEY": "only-for-tests-" + "x" * 50,
        "FIELD_KEYS": "jXKRYHbdTpobIsyic3o8RbYmEz5xbs4IDjegdjXNYxQ=",
        "SITE_URL": "http://testserver",
        "STRAVA_CLIENT_ID": "stand-in",
        "STRAVA_CLIENT_SECRET": "stand-in-secret",
        # Nothing listens at this port. Tests that need Strava or Bucket set the URLs of a stand-in.
        "STRAVA_OAUTH_URL": "http://127.0.0.1:9/oauth",
        "STRAVA_API_URL": "http://127.0.0.1:9/api/v3",
        "BUCKET_OAUTH_URL": "http://127.0.0.1:9/oauth2",
        "BUCKET_USERINFO_URL": "http://127.0.0.1:9/userinfo",
        "BUCKET_API_URL": "http://127.0.0.1:9/bucket/api",
    }
)
if os.environ.get("TEST_ON") == "postgres":
    os.environ["DATABASE_URL"] = os.environ["TEST_POSTGRES_URL"]
else:
    os.environ["DATABASE_URL"] = f"sqlite:///{tempfile.gettempdir()}/unused.sqlite3"
for name in (
    "REDIS_URL",
    "EMAIL_URL",
    "DEFAULT_FROM_EMAIL",
    "CONTACT_EMAIL",
    "OPERATOR",
    "EXTRA_HOSTS",
    "SITE_NAME",
    "TRUSTED_PROXIES",
    "SENTRY_DSN",
    "CLUB_CREATION",
    "STRAVA_WEBHOOK_TOKEN",
    "STRAVA_WEBHOOK_SECRET",
    "METRICS_TOKEN",
    "BUCKET_CLIENT_ID",
    "BUCKET_CLIENT_SECRET",
    "VAPID_PRIVATE_KEY",
    "PUSH_EXTRA_HOSTS",
):
    os.environ.pop(name, None)

from site_config.settings import *  # noqa: E402, F403
from site_config.settings import DATABASES, STORAGES  # noqa: E402
from strava_live.http.retry import Retry  # noqa: E402
from strava_live.http.transport import Timeouts  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, so that all threads use the same database. Each thread would have a database in memory of its own.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(tempfile.mkdtemp()) / "tests.sqlite3")}
else:
    # The lock_timeout of 2 s would fail a test in which many threads take turns while the machine stalls.
    DATABASES["default"]["OPTIONS"]["options"] += " -c lock_timeout=14s"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
SQLITE_KEPT_S = 0  # a thread must not keep a connection beyond its test: the next test may have no database
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WORK_INTERVAL_S = PURGE_INTERVAL_S = PROCESS_SEEN_EVERY_S = SUBSCRIPTION_INTERVAL_S = 0.05
HUB_LOOK_S, HUB_HOLE_PATIENCE_S = 0.05, 0.02
REVOCATION_RETRY_S = PUSH_RETRY_S = 0.1
PUSH_TIMEOUTS = Timeouts(connect=1, read=1, pool=3, total=2)
STRAVA_TIMEOUTS = BUCKET_TIMEOUTS = Timeouts(connect=1, read=3, pool=3, total=6)
STRAVA_RETRY = BUCKET_RETRY = Retry(attempts=2, first_s=0.01)
STATIC_ROOT = Path(tempfile.mkdtemp())
