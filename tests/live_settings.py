"""Settings of sites (processes of their own) that tests disturb: those of the site, with every wait shortened.

Only the regular recheck of all permissions stays as rare as in production. A frequent recheck would hide a missing
eviction, because it closes the sockets of a person who may not read any more, too.
"""

from site_config.settings import *  # noqa: F403
from strava_live.http.retry import Retry
from strava_live.http.transport import Timeouts

SYNC_LEASE_S = 2.0
SYNC_LOOK_EVERY_S = SYNC_IDLE_LOOK_EVERY_S = 0.2
SYNC_FIRST_PAUSE_S, SYNC_LONGEST_PAUSE_S = 0.5, 2.0
STRAVA_WINDOW_S = 5.0
WORK_INTERVAL_S = OCCASION_INTERVAL_S = 1.0
PURGE_INTERVAL_S = 5.0
STOP_DRAIN_S = 2.0
SOCKET_LOOK_AGAIN_S = 0.5
HUB_PRESENCE_S = 1.0
STRAVA_TIMEOUTS = Timeouts(connect=2, read=5, pool=5, total=10)
STRAVA_RETRY = Retry(attempts=3, first_s=0.1)
