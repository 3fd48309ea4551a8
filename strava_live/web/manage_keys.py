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
from strava_live.web.once import create_once
from strava_live.web.signed_in import signed_in_post


@signed_in_post
def add_invitation(request: HttpRequest, slug: str) -> HttpResponse:
    me = as_captain(request, slug)
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return page_for(request, me, {"invitation_form": form})

    def create() -> str:
        invite(me.club_id, made_by=me.user_id, **form.cleaned_data)
        messages.success(request, "A new invitation: send its address, or show its code.")
        return part_of_page(slug, "invitations")

    return create_key(request, create, part_of_page(slug, "invitations"))


@signed_in_post
def add_screen(request: HttpRequest, slug: str) -> HttpResponse:
    me = as_captain(request, slug)
    form = ScreenForm(request.POST)
    if not form.is_valid():
        return page_for(request, me, {"screen_form": form})

    def create() -> str:
        put_up_screen(me.club_id, name=form.cleaned_data["name"], made_by=me.user_id)
        messages.success(request, "A new screen: open its address on whatever hangs on the wall.")
        return part_of_page(slug, "screens")

    return create_key(request, create, part_of_page(slug, "screens"))


def create_key(request: HttpRequest, create: Callable[[], str], page: str) -> HttpResponse:
    try:
        return create_once(request, create)
    except TooManyKeys as error:
        messages.error(request, str(error))
    return redirect(page)


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
    return redirect(part_of_page(slug, part))


def part_of_page(slug: str, part: str) -> str:
    return f"{reverse('manage_club', args=[slug])}#{part}"
