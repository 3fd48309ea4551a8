"""The URLs of the site, and those of the peers. All begin with /api/v1/, so the site's middleware finds the caller."""

from django.urls import include, path

from bench.api_peers import plain, schema, serializer

urlpatterns = [
    path("api/v1/peers/plain/<slug:slug>", plain.entries),
    path("api/v1/peers/constant/<slug:slug>", plain.constant),
    path("api/v1/peers/rest_framework/<slug:slug>", serializer.Entries.as_view()),
    path("api/v1/peers/schema/", schema.api.urls),
    path("", include("site_config.urls")),
]
