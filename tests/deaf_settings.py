"""Settings of a site whose hub notices after a second that nothing arrives from Redis."""

from site_config.settings import *  # noqa: F403

HUB_LOOK_S, HUB_DEAF_AFTER_S = 0.2, 1.0
