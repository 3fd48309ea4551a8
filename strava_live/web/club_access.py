"""Access to a club's pages: 404 for strangers, 403 for members on a captain's page; and which club was visited last."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from strava_live.clubs.models import Club, Membership
from strava_live.web.signed_in import signed_in

LAST_CLUB = "last_club"
REMEMBERED_S = 365 * 24 * 3600


def as_member(request: HttpRequest, slug: str) -> Membership:
    """Return the signed-in person's membership, with club and user. Raise Http404 if they are not a member."""
    mine = Membership.objects.active().of(signed_in(request).pk).filter(club__slug=slug)
    found = mine.select_related("club", "user").first()
    if found is None:
        raise Http404
    return found


def as_captain(request: HttpRequest, slug: str) -> Membership:
    found = as_member(request, slug)
    if not found.is_captain:
        raise PermissionDenied
    return found


def remember_visit(answer: HttpResponse, club: Club) -> None:
    """Note the club in a cookie, as its id: the cookie outlives a sign-out, and an id names no club."""
    answer.set_cookie(
        LAST_CLUB, str(club.pk), REMEMBERED_S, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


def last_visited(request: HttpRequest, memberships: list[Membership]) -> Membership | None:
    """Return the membership of the club visited last in this browser, else the first of them."""
    noted = request.COOKIES.get(LAST_CLUB)
    return next((one for one in memberships if str(one.club_id) == noted), next(iter(memberships), None))
