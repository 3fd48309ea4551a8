"""For processes of their own in which only what a test waits for ends a wait, however slow the machine is."""

from site_config.settings import *  # noqa: F403

HUB_PRESENCE_S = 600.0
STOP_DRAIN_S, STOP_WITHIN_S = 120.0, 180.0
"""After SIGTERM, for running requests and for the whole process."""
