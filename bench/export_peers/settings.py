"""The site's settings, with the peer's view in place of the site's export."""

from site_config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.export_peers.urls"
