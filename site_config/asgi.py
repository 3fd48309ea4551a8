"""The ASGI application: pages, and sockets when there are some, behind the access log."""

import os

from django.core.asgi import get_asgi_application

from site_config.access_log import AccessLog

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_config.settings")

application = AccessLog(get_asgi_application())
