"""Whose club it is: a stranger learns nothing of it, and only captains look after it."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from strava_live.clubs.models import Membership
from strava_live.web.signed_in import signed_in


def as_member(request: HttpRequest, slug: str) -> Membership:
    """Of whoever is signed in, with club and person."""
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
