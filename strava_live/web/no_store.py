"""Pages that no browser keeps: a person's own, and those where people sign in or set a password.

Otherwise Back shows them after signing out, on a borrowed or shared computer too.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

PERSONAL = ("/accounts/", "/settings/", "/admin/")


class NoStoreMiddleware:
    """Add `Cache-Control: no-store` unless the view has set the header itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        personal = request.user.is_authenticated or request.path.startswith(PERSONAL)
        response = self.get_response(request)
        if personal:
            response.headers.setdefault("Cache-Control", "no-store")
        return response
