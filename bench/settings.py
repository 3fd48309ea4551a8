"""Settings of benchmarks whose members post again and again: those of the site, without the limit on posts."""

from site_config.settings import *  # noqa: F403
from strava_live.leaky_bucket import Rate

POST_RATE = Rate(1_000_000, 1)
