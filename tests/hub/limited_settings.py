"""The site's settings with short timeouts for requests."""

from site_config.settings import *  # noqa: F403

REQUEST_ARRIVES_WITHIN_S = 4.0
REFUSED_LINGERS_S = 1.0
STREAM_COMMENT_S = 0.2
ANSWER_TAKEN_WITHIN_S = 3.0
SOCKET_UNSENT_MOST = 300_000
