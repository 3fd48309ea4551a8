"""Build the stand-in's server: all endpoints for one `Site`."""

from simulators.bucket.api import PREFIX, Api
from simulators.bucket.authorize import Authorization
from simulators.bucket.control import Control
from simulators.bucket.property_api import PropertyApi
from simulators.bucket.site import Site
from simulators.bucket.thing_api import ThingApi
from simulators.bucket.token_endpoints import TokenEndpoints
from simulators.http import Request, Response, Router, Server


def build(site: Site) -> Server:
    api = Api(site, [*ThingApi(site).routes(), *PropertyApi(site).routes()])

    async def otherwise(request: Request) -> Response:
        is_api = request.path == PREFIX or request.path.startswith(f"{PREFIX}/")
        return await api(request) if is_api else Response(b"Not found", status=404)

    router = Router(otherwise)
    server = Server(router)
    authorization = Authorization(site)
    authorization.routes(router)
    TokenEndpoints(site).routes(router)
    Control(site, authorization, lambda: server.open_connections).routes(router)
    return server
