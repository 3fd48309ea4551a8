"""Browser notifications: the key that names this site to push services, and which hosts are called."""

from site_config import environment
from site_config.settings.accounts import CONTACT_EMAIL
from site_config.settings.site import DEBUG, SECRET_KEY, SITE
from strava_live.push_client.vapid import key_derived_from

# Without a key, notifications are not offered. Another key ends every subscription.
VAPID_PRIVATE_KEY = environment.vapid_key("VAPID_PRIVATE_KEY") or (key_derived_from(SECRET_KEY) if DEBUG else "")
# Hosts that are called besides the push services of browsers: a stand-in, for tests and development.
PUSH_EXTRA_HOSTS = environment.hosts_with_ports("PUSH_EXTRA_HOSTS")
# How push services reach the operator.
PUSH_CONTACT = CONTACT_EMAIL or f"nobody@{SITE.host}"
