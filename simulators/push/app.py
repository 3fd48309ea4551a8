"""Build the stand-in's server: control calls, and messages at every other path."""

from simulators.http import Router, Server
from simulators.push.control import Control
from simulators.push.service import PushService
from simulators.push.site import Site


def build(site: Site) -> Server:
    router = Router(PushService(site))
    server = Server(router)
    Control(site, lambda: server.open_connections).routes(router)
    return server
