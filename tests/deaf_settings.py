"""Settings of a site whose hub notices after half a second that nothing arrives from Redis."""

from site_config.settings import *  # noqa: F403

HUB_LOOK_S, HUB_DEAF_AFTER_S = 0.1, 0.5
