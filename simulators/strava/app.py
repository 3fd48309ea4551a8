"""Build the stand-in's server: all endpoints for one `Site`."""

import random

from simulators.http import Router, Server
from simulators.strava.api import Api
from simulators.strava.control import Control
from simulators.strava.oauth import OAuth
from simulators.strava.saturday import Saturday
from simulators.strava.sending import Sending
from simulators.strava.site import Site
from simulators.strava.subscriptions import Subscriptions
from simulators.strava.webhooks import Webhooks


def build(site: Site, sending: Sending | None = None) -> Server:
    """Return the server. `sending` says how webhook events are sent, until a control call changes it."""
    webhooks = Webhooks(site.clock, random.Random(f"{site.seed}/webhooks"), sending)
    site.notify = webhooks.notify
    router = Router()
    server = Server(router)
    oauth = OAuth(site)
    for prefix in ("/oauth", "/api/v3/oauth"):
        oauth.routes(router, prefix)
    Api(site).routes(router, "/api/v3")
    Subscriptions(site, webhooks).routes(router, "/api/v3")
    Control(site, webhooks, Saturday(site), lambda: server.open_connections).routes(router)
    return server
