"""For processes of their own whose regular recheck of all permissions is waited for."""

from tests.live_settings import *  # noqa: F403

SOCKET_RECHECK_S = 1.0
