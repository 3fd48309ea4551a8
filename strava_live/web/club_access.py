"""Who may open a club's pages, and which club a browser visited last.

People who are not members get 404. On pages for captains, other members get 403.
"""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from strava_live.clubs.models import Club, Membership
from strava_live.web.access import signed_in_user

LAST_CLUB_COOKIE = "last_club"
"""The cookie with the id of the club whose feed the browser showed last."""
COOKIE_AGE_S = 365 * 24 * 3600


def as_member(request: HttpRequest, slug: str) -> Membership:
    """Return the signed-in person's membership, with club and user. Raise Http404 if they are not a member."""
    mine = Membership.objects.active().of(signed_in_user(request).pk).filter(club__slug=slug)
    found = mine.select_related("club", "user").first()
    if found is None:
        raise Http404
    return found


def as_captain(request: HttpRequest, slug: str) -> Membership:
    """Return the signed-in captain's membership.

    Raise Http404 if the person is not a member, and PermissionDenied if they are a member but not a captain.
    """
    found = as_member(request, slug)
    if not found.is_captain:
        raise PermissionDenied
    return found


def remember_visit(answer: HttpResponse, club: Club) -> None:
    """Store the club's id in a cookie, so that the address / shows this club's feed the next time.

    The cookie stays after signing out. It has the id because the slug would name the club to the device's next user.
    """
    answer.set_cookie(
        LAST_CLUB_COOKIE,
        str(club.pk),
        COOKIE_AGE_S,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def last_visited(request: HttpRequest, memberships: list[Membership]) -> Membership | None:
    """Return the membership of the club that this browser visited last, else the first membership, if any."""
    club_id = request.COOKIES.get(LAST_CLUB_COOKIE)
    return next((one for one in memberships if str(one.club_id) == club_id), next(iter(memberships), None))
