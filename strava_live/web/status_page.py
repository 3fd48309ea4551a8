"""/status/: the use of Strava's limits, and how fast activities arrive, for all signed-in people. No personal data."""

from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from strava_live.status.figures import SiteFigures, read_budget, read_tables
from strava_live.web.script_words import STATUS, script_words
from strava_live.web.status_words import status_words

PARTS = ("headline", "budget", "history", "quarters", "updates", "imports", "processes", "jobs")
"""The page's parts, each with a template. The page's script fetches them every few seconds."""


@login_required
@never_cache
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    return render(request, "status/status.html", current() | {"script_words": script_words(STATUS)})


@login_required
@never_cache
@require_safe
def parts(request: HttpRequest) -> HttpResponse:
    """Answer with the page's parts as HTML, in JSON, for its script."""
    page = current()
    html = {name: render_to_string(f"status/_{name}.html", page) for name in PARTS}
    return JsonResponse({"at": f"{timezone.localtime(page['at']):%H:%M:%S}", "parts": html})


def current() -> dict[str, Any]:
    budget = async_to_sync(read_budget)()
    now = timezone.now()
    return status_words(SiteFigures(at=now, budget=budget, tables=read_tables(now)))
