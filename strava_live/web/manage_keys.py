"""/clubs/<slug>/manage/invitations/… and …/screens/…: making and revoking what stands in an address."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from strava_live.clubs.keys import TooManyKeys, UnknownKey, invite, put_up_screen, revoke_invitation, revoke_screen
from strava_live.web.club_access import as_captain
from strava_live.web.club_forms import InvitationForm, ScreenForm
from strava_live.web.manage_page import page_for
from strava_live.web.signed_in import signed_in_post


@signed_in_post
def add_invitation(request: HttpRequest, slug: str) -> HttpResponse:
    me = as_captain(request, slug)
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return page_for(request, me, {"invitation_form": form})
    try:
        said = form.cleaned_data
        invite(me.club_id, made_by=me.user_id, **said)
    except TooManyKeys as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "A new invitation: send its address, or show its code.")
    return back_to(slug, "invitations")


@signed_in_post
def add_screen(request: HttpRequest, slug: str) -> HttpResponse:
    me = as_captain(request, slug)
    form = ScreenForm(request.POST)
    if not form.is_valid():
        return page_for(request, me, {"screen_form": form})
    try:
        put_up_screen(me.club_id, name=form.cleaned_data["name"], made_by=me.user_id)
    except TooManyKeys as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "A new screen: open its address on whatever hangs on the wall.")
    return back_to(slug, "screens")


@signed_in_post
def end_invitation(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return end(request, slug, pk, revoke_invitation, "Revoked: nobody joins with it any more.", "invitations")


@signed_in_post
def end_screen(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return end(request, slug, pk, revoke_screen, "Revoked: whatever shows it is dark now.", "screens")


def end(
    request: HttpRequest, slug: str, pk: int, revoke: Callable[[int, int], None], sentence: str, part: str
) -> HttpResponse:
    me = as_captain(request, slug)
    try:
        revoke(me.club_id, pk)
    except UnknownKey:
        raise Http404 from None
    messages.success(request, sentence)
    return back_to(slug, part)


def back_to(slug: str, part: str) -> HttpResponse:
    return redirect(f"{reverse('manage_club', args=[slug])}#{part}")
