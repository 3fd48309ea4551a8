"""The ASGI application, inside the access log: Django, event streams and Strava's webhook, Channels for WebSockets."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_config.settings")
pages = get_asgi_application()  # must run before models are imported

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

from site_config.access_log import AccessLog  # noqa: E402
from strava_live.api.streams import StreamReceiver  # noqa: E402
from strava_live.live.origin import SameOriginOnly  # noqa: E402
from strava_live.routing import websocket_urlpatterns  # noqa: E402
from strava_live.web.webhook import WebhookReceiver  # noqa: E402

sockets = SameOriginOnly(URLRouter(websocket_urlpatterns))
http = StreamReceiver(WebhookReceiver(pages))
application = AccessLog(ProtocolTypeRouter({"http": http, "websocket": sockets}))
