"""/clubs/<slug>/manage/invitations/… and …/screens/…: create and revoke a club's keys, and draw their QR codes.

A key is an invitation or a wall screen (a television that shows the feed): both are links with a secret.
"""

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from strava_live.accounts.address import site_address
from strava_live.clubs.keys import TooManyKeys, UnknownKey, invite, put_up_screen, revoke_invitation, revoke_screen
from strava_live.clubs.models import Invitation, Screen
from strava_live.protocol import LARGEST_ID
from strava_live.web.access import login_required_post
from strava_live.web.club_access import as_captain
from strava_live.web.club_forms import InvitationForm, ScreenForm
from strava_live.web.club_links import invitation_link, qr_image, screen_link
from strava_live.web.manage_page import render_manage_page
from strava_live.web.once import create_once

KeyKind = TypeVar("KeyKind", Invitation, Screen)


@login_required_post
def add_invitation(request: HttpRequest, slug: str) -> HttpResponse:
    me = as_captain(request, slug)
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return render_manage_page(request, me, {"invitation_form": form})

    def create() -> str:
        invite(me.club_id, made_by=me.user_id, **form.cleaned_data)
        messages.success(request, "Invitation created. Send the link, or show its QR code.")
        return section_link(slug, "invitations")

    return create_key(request, create, section_link(slug, "invitations"))


@login_required_post
def add_screen(request: HttpRequest, slug: str) -> HttpResponse:
    me = as_captain(request, slug)
    form = ScreenForm(request.POST)
    if not form.is_valid():
        return render_manage_page(request, me, {"screen_form": form})

    def create() -> str:
        put_up_screen(me.club_id, name=form.cleaned_data["name"], made_by=me.user_id)
        messages.success(request, "Screen added. Open its link on the TV or tablet.")
        return section_link(slug, "screens")

    return create_key(request, create, section_link(slug, "screens"))


def create_key(request: HttpRequest, create: Callable[[], str], page: str) -> HttpResponse:
    try:
        return create_once(request, create)
    except TooManyKeys as error:
        messages.error(request, str(error))
    return redirect(page)


@login_required_post
def end_invitation(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return revoke_key(
        request, slug, pk, revoke_invitation, "Invitation revoked. Nobody can join with it any more.", "invitations"
    )


@login_required_post
def end_screen(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return revoke_key(request, slug, pk, revoke_screen, "Screen revoked. It has gone dark.", "screens")


def revoke_key(
    request: HttpRequest, slug: str, pk: int, revoke: Callable[[int, int], None], sentence: str, part: str
) -> HttpResponse:
    me = as_captain(request, slug)
    try:
        revoke(me.club_id, pk)
    except UnknownKey:
        raise Http404 from None
    messages.success(request, sentence)
    return redirect(section_link(slug, part))


def section_link(slug: str, part: str) -> str:
    return f"{reverse('manage_club', args=[slug])}#{part}"


@login_required
@never_cache
@require_safe
def invitation_qr(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    me = as_captain(request, slug)
    return svg_of(invitation_link(site_address(request), key_or_404(Invitation, me.club_id, pk)))


@login_required
@never_cache
@require_safe
def screen_qr(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    me = as_captain(request, slug)
    return svg_of(screen_link(site_address(request), me.club, key_or_404(Screen, me.club_id, pk)))


def key_or_404(model: type[KeyKind], club_id: int, pk: int) -> KeyKind:
    """Return a valid key of the club. Raise Http404 if there is none, or if its secret cannot be decrypted."""
    found: KeyKind | None = (
        model.objects.in_club(club_id).valid(now=timezone.now()).filter(pk=min(pk, LARGEST_ID)).first()
    )
    if found is None or not found.secret.can_be_decrypted:
        raise Http404
    return found


def svg_of(link: str) -> HttpResponse:
    return HttpResponse(qr_image(link), content_type="image/svg+xml")
