"""The database: SQLite, or Postgres with psycopg's pool.

Django's persistent connections leak under ASGI, so CONN_MAX_AGE stays 0. The threads for background work and for reads
of sockets keep their SQLite connections nevertheless (strava_live/kept_connections.py).
"""

from site_config import environment
from site_config.postgres import PooledConnection
from site_config.settings.site import IS_COMMAND, VAR_DIR

DATABASE = environment.database("DATABASE_URL", default=VAR_DIR / "db.sqlite3")
if DATABASE["ENGINE"].endswith("sqlite3"):
    VAR_DIR.mkdir(exist_ok=True)
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;",
        "timeout": 20,
    }
else:
    DATABASE["CONN_MAX_AGE"] = 0
    DATABASE["CONN_HEALTH_CHECKS"] = True
    OPTIONS = DATABASE.setdefault("OPTIONS", {})
    # Each connection prepares the statements that it repeats. For an event of Strava, this halves the processor time of
    # Postgres and saves a fifth of the web process's, mainly because values are not written into statements any more.
    OPTIONS["server_side_binding"], OPTIONS["prepare_threshold"] = True, 2
    # A host that is gone is noticed while a connection is idle, and the pool then replaces the connection.
    for NAME, SECONDS in (("keepalives_idle", 30), ("keepalives_interval", 10), ("keepalives_count", 3)):
        OPTIONS.setdefault(NAME, SECONDS)
    # At most eight writes wait for a lock at once: three of members, two of signed-out visitors, two of the process
    # itself, one of Strava's events (strava_live/write_queue.py, strava_live/database.py). So one connection is always
    # free for pages.
    OPTIONS["pool"] = {"min_size": 1, "max_size": 9, "timeout": 15, "max_lifetime": 1800}
    OPTIONS["pool"]["connection_class"] = PooledConnection
    if not IS_COMMAND:  # a migration may take as long as it needs
        TIMEOUTS = "-c lock_timeout=2s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s"
        # If an option is given twice, Postgres uses the last one.
        OPTIONS["options"] = f"{TIMEOUTS} {OPTIONS.get('options', '')}".strip()
DATABASES = {"default": DATABASE}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
