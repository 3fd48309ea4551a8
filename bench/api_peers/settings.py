"""Settings of the site with the peers: those of the site, without the limit on reads."""

from site_config.settings import *  # noqa: F403
from site_config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "rest_framework"]
ROOT_URLCONF = "bench.api_peers.urls"
API_READS_A_MINUTE = 10**9
