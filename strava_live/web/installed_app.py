"""/manifest.webmanifest, /sw.js and /offline/: what makes the site an app that can be installed on a phone."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import condition, require_safe

from strava_live.web.app_shell import ICON, OFFLINE, OFFLINE_SENT, app_shell

NO_CACHE = {"Cache-Control": "no-cache"}
"""Browsers ask each time whether the answer has changed, so that a deploy is noticed at once."""
BRAND_GREEN = "#14573f"
"""The colour behind the icon while the app starts. It suits light and dark, because a manifest has no dark form."""
SHORTCUTS = (("My Strava", "sync"), ("My parkruns", "parkruns"), ("Clubmates", "athletes"))


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    return JsonResponse(
        {
            "id": "/",
            "name": settings.SITE_NAME,
            "short_name": settings.SITE_NAME,
            "description": "Your club's parkruns, live.",
            "lang": "en-GB",
            "start_url": reverse("home"),
            "scope": "/",
            "display": "standalone",
            "background_color": BRAND_GREEN,
            "theme_color": BRAND_GREEN,
            "categories": ["sports", "social"],
            "icons": icons(),
            "shortcuts": [shortcut(name, reverse(route)) for name, route in SHORTCUTS],
        },
        headers=NO_CACHE,
        content_type="application/manifest+json",
    )


def icons() -> list[dict[str, str]]:
    """Return the app's icons. A phone cuts the maskable ones to its own shape."""
    return [
        icon(ICON, "192x192"),
        icon("img/icon-512.png", "512x512"),
        icon("img/maskable-192.png", "192x192", "maskable"),
        icon("img/maskable-512.png", "512x512", "maskable"),
        icon("img/favicon.svg", "any"),
        icon("img/maskable.svg", "any", "maskable"),
    ]


def icon(name: str, sizes: str, purpose: str = "any") -> dict[str, str]:
    kind = "image/svg+xml" if name.endswith(".svg") else "image/png"
    return {"src": static(name), "sizes": sizes, "type": kind, "purpose": purpose}


def shortcut(name: str, url: str) -> dict[str, Any]:
    return {"name": name, "url": url, "icons": [icon(ICON, "192x192")]}


def shell_version(request: HttpRequest) -> str:
    return f'"{app_shell().version}"'


@require_safe
@condition(etag_func=shell_version)
def service_worker(request: HttpRequest) -> HttpResponse:
    """Serve the service worker. It lies at the root, because a worker only works for pages below its own address."""
    return HttpResponse(app_shell().script(), content_type="text/javascript", headers=NO_CACHE)


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Serve the page that the service worker shows without a connection.

    `Shell-Version` lets a new worker recognise the page of an older version, which another process of the site may
    answer with while a deploy is under way.
    """
    shell = app_shell()
    page = shell.pages[OFFLINE_SENT if request.GET.get("sent") == "yes" else OFFLINE]
    return HttpResponse(page, headers={"Shell-Version": shell.version, **NO_CACHE})
