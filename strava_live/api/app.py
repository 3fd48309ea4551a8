"""The API as one object: its routers, and the URLs that strava_live/urls.py includes."""

from ninja import NinjaAPI

from strava_live.api import activities, clubs, entries, events, me, parkruns, posts, streams, syncs

api = NinjaAPI(title="Saturday Live", version="1", docs_url=None, openapi_url=None, urls_namespace="api")
for resource in (me, activities, parkruns, syncs, clubs, entries, posts, events, streams):
    api.add_router("", resource.router)
