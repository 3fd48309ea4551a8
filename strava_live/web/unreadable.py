"""The page for a stored secret that FIELD_KEYS cannot open, wherever it turns up: words instead of a 500."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from strava_live.accounts.encryption import UnreadableSecret

logger = logging.getLogger(__name__)


class UnreadableSecretMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, UnreadableSecret):
            return None
        logger.error("a stored secret cannot be read with FIELD_KEYS", extra={"path": request.path})
        match = request.resolver_match
        is_second_factor = match is not None and match.view_name.startswith("mfa_")
        return render(request, "errors/unreadable.html", {"is_second_factor": is_second_factor}, status=503)
