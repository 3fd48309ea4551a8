"""Settings with long timeouts, so that what a test waits for comes first, even on a slow machine."""

from site_config.settings import *  # noqa: F403

HUB_PRESENCE_S = 600.0
STOP_DRAIN_S, STOP_WITHIN_S = 120.0, 180.0
"""How long after SIGTERM running requests may take, and when the whole process must have ended."""
