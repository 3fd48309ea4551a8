"""Settings of sites that recheck all sockets' permissions every second, for tests that wait for a recheck."""

from tests.live_settings import *  # noqa: F403

SOCKET_RECHECK_S = 1.0
