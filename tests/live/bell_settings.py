"""Settings of a worker that only the bell wakes: it looks for work by itself once an hour."""

from tests.live_settings import *  # noqa: F403

SYNC_LOOK_EVERY_S = SYNC_IDLE_LOOK_EVERY_S = WORK_INTERVAL_S = PURGE_INTERVAL_S = 3600.0
