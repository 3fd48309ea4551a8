"""The API as one object: its routers, and the URLs that strava_live/urls.py includes."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from strava_live.api import (
    activities,
    clubs,
    entries,
    events,
    me,
    messages,
    notifications,
    parkruns,
    posts,
    streams,
    syncs,
)
from strava_live.api.caller import BearerToken, SignedInSession
from strava_live.api.documented import give_shapes
from strava_live.api.errors import add_handlers
from strava_live.api.once import AnsweredBefore, replay
from strava_live.api.parser import JsonParser

RESOURCES = (me, activities, parkruns, syncs, clubs, entries, posts, messages, notifications, events, streams)
"""The modules with routes, in the order in which they are documented."""


class SiteAPI(NinjaAPI):
    """django-ninja's API, with our callers, parser and errors. All its routes need a token or a session."""

    def __init__(self, urls_namespace: str) -> None:
        super().__init__(
            title="Saturday Live",
            version="1",
            docs_url=None,
            openapi_url=None,
            urls_namespace=urls_namespace,
            auth=[BearerToken(), SignedInSession()],
            parser=JsonParser(),
        )
        add_handlers(self)
        self.add_exception_handler(AnsweredBefore, replay)

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return str(operation.view_func.__name__)

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        views = [view for router in self._get_bound_routers() for view in router.path_operations.values()]
        give_shapes(operation for view in views for operation in view.operations)
        return super().get_openapi_schema(**options)


api = SiteAPI(urls_namespace="api")
for resource in RESOURCES:
    api.add_router("", resource.router)
