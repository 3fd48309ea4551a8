"""/messages/: a person's conversations. /messages/<athlete_id>/: the conversation with one other person.

The page of a conversation shows the newest messages, and its WebSocket adds later ones. All its forms work without the
WebSocket. Loading a page marks nothing as read: the script does, or the person presses "Mark as read".
"""

import secrets
from contextlib import suppress
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from strava_live.accounts.models import User
from strava_live.keyset import Page
from strava_live.messages.access import (
    FORMER_MEMBER,
    CannotWrite,
    Partner,
    UnknownMessage,
    UnknownPerson,
    names_seen_by,
    partner_of,
)
from strava_live.messages.encoding import encode_message
from strava_live.messages.models import MAX_MESSAGE, ConversationSide, DirectMessage, Inbox
from strava_live.messages.reading import mark_read
from strava_live.messages.sending import BadText, delete_message, send_message
from strava_live.protocol import Json
from strava_live.rate_limits import TOO_MANY_WORDS, TooManyRequests
from strava_live.time_zones import zone_or_utc
from strava_live.web.access import login_required_post, signed_in_user
from strava_live.web.feed_page import ID
from strava_live.web.limits import page_over_limit
from strava_live.web.message_words import BLANK_BUBBLE, bubbles_of, conversation_rows
from strava_live.web.post_forms import REF
from strava_live.web.script_words import CONNECTION, MESSAGES, script_words

CONVERSATIONS_ON_A_PAGE = 30
MESSAGES_ON_A_PAGE = 30


@login_required
@never_cache
@require_safe
def conversations(request: HttpRequest) -> HttpResponse:
    user, before = signed_in_user(request), request.GET.get("before", "")
    inbox = inbox_of(user)
    sides = ConversationSide.objects.of(user.pk).with_last_message().page(CONVERSATIONS_ON_A_PAGE, before=before)
    page: dict[str, Any] = {
        "rows": conversation_rows(sides.rows, names_seen_by(user.pk, sides.rows), user.pk, now=timezone.now()),
        "older": sides.older,
        "before": before,
        "inbox": inbox,
        "script_words": script_words(CONNECTION),
    }
    return render(request, "messages/conversations.html", page)


def inbox_of(user: User) -> Inbox:
    """Return the person's inbox, whose numbers say which changes a page has.

    Read it before the messages: a message that arrives in between is then on the page, and the socket sends it again.
    In the opposite order it could be missing from both.
    """
    return Inbox.objects.filter(user=user).first() or Inbox(user=user)


# --- One conversation


@login_required
@never_cache
def conversation(request: HttpRequest, athlete_id: int) -> HttpResponse:
    if request.method == "POST":
        return write(request, athlete_id)
    return render_conversation(request, athlete_id)


def over_limit(request: HttpRequest, athlete_id: int) -> HttpResponse:
    """Show the conversation after a message that was over the rate limit of forms, with its text in the form."""
    return render_conversation(request, athlete_id, text=request.POST.get("text", ""), problem=TOO_MANY_WORDS)


conversation = page_over_limit(over_limit)(conversation)


def write(request: HttpRequest, athlete_id: int) -> HttpResponse:
    """Send the message of the form, and note that the person has read what the page with the form showed."""
    user, text, ref = signed_in_user(request), request.POST.get("text", ""), request.POST.get("ref", "")
    try:
        send_message(user.pk, athlete_id, text, ref if REF.fullmatch(ref) else "")
    except (BadText, CannotWrite, TooManyRequests) as problem:
        answer = render_conversation(request, athlete_id, text=text, problem=str(problem))
        answer.status_code = problem.code.status
        return answer
    except UnknownPerson:
        raise Http404 from None
    note_read(request)
    return redirect(f"{reverse('conversation', args=[athlete_id])}#newest")


def render_conversation(request: HttpRequest, athlete_id: int, *, text: str = "", problem: str = "") -> HttpResponse:
    """Render a conversation. After a message was refused, `text` is the message and `problem` the reason."""
    user, before = signed_in_user(request), request.GET.get("before", "")
    inbox = inbox_of(user)
    partner = partner_or_404(user, athlete_id)
    messages = message_page(partner.side, before)
    shown = encoded(messages, user, partner.name)
    page: dict[str, Any] = {
        **conversation_context(request, partner.name, messages, shown, partner.side),
        "athlete_id": athlete_id,
        "has_page": bool(partner.names.of_other),
        "cannot_write": partner.why_not,
        "is_live": not before,
        "for_script": for_script(user, partner, inbox, messages, shown),
        "script_words": script_words(MESSAGES),
        "blank": BLANK_BUBBLE,
        "delete_url": reverse("delete_message", args=[athlete_id]),
        "text": text,
        "problem": problem,
        "ref": secrets.token_urlsafe(12),
    }
    return render(request, "messages/conversation.html", page)


def partner_or_404(user: User, athlete_id: int) -> Partner:
    try:
        return partner_of(user.pk, athlete_id)
    except UnknownPerson:
        raise Http404 from None


@login_required
@never_cache
@require_safe
def former(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is left of a conversation whose other person has deleted their account."""
    user = signed_in_user(request)
    side = ConversationSide.objects.of(user.pk).filter(conversation=pk, other=None).first()
    if side is None:
        raise Http404
    messages = message_page(side, request.GET.get("before", ""))
    page = conversation_context(request, FORMER_MEMBER, messages, encoded(messages, user, FORMER_MEMBER), side)
    gone = "This person has deleted their account. You can still read what you wrote to each other."
    return render(request, "messages/conversation.html", page | {"cannot_write": gone})


def conversation_context(
    request: HttpRequest, name: str, messages: Page[DirectMessage], shown: list[Json], side: ConversationSide | None
) -> dict[str, Any]:
    """Return what the template needs for any conversation."""
    return {
        "name": name,
        "bubbles": bubbles_of(shown, side, now=timezone.now()),
        "older": messages.older,
        "before": request.GET.get("before", ""),
        "unread": side.unread if side else 0,
        "newest_id": messages.rows[0].pk if messages.rows else 0,
        "here": request.path,
    }


def message_page(side: ConversationSide | None, before: str) -> Page[DirectMessage]:
    """Return a page of a conversation, newest first; `before` is the cursor of the page."""
    if side is None:
        return Page([], "")
    return DirectMessage.objects.in_conversation(side.conversation_id).page(MESSAGES_ON_A_PAGE, before=before)


def encoded(messages: Page[DirectMessage], user: User, name: str) -> list[Json]:
    """Return the messages of a page as the socket sends them, oldest first."""
    return [dict(encode_message(one, user.pk, name)) for one in reversed(messages.rows)]


def for_script(user: User, partner: Partner, inbox: Inbox, messages: Page[DirectMessage], shown: list[Json]) -> Json:
    """Return what the script of the page starts with."""
    side = partner.side or ConversationSide()
    return {
        "me": user.pk,
        "with": partner.user_id,
        "name": partner.name,
        "zone": zone_or_utc(user.time_zone).key,
        "most": MAX_MESSAGE,
        "messages": shown,
        "older": messages.older,
        "after": inbox.position,
        "mark": inbox.mark,
        "read_up_to": side.read_up_to,
        "their_read_up_to": side.their_read_up_to,
        "their_delivered_up_to": side.their_delivered_up_to,
    }


@login_required
@never_cache
@require_safe
def older_messages(request: HttpRequest, athlete_id: int) -> HttpResponse:
    """Answer with the messages before the cursor `before`, oldest first, as JSON for the script of the page."""
    user, before = signed_in_user(request), request.GET.get("before")
    if not before:
        raise Http404
    partner = partner_or_404(user, athlete_id)
    messages = message_page(partner.side, before)
    return JsonResponse({"messages": encoded(messages, user, partner.name), "older": messages.older})


# --- Forms


@login_required_post
def read(request: HttpRequest, athlete_id: int) -> HttpResponse:
    """Mark a conversation as read up to the message that the page has shown last."""
    partner_or_404(signed_in_user(request), athlete_id)
    note_read(request)
    return redirect(f"{reverse('conversation', args=[athlete_id])}#newest")


def note_read(request: HttpRequest) -> None:
    """Note that the person has read a conversation up to the message in the form's field `seen`, if it has one."""
    seen = request.POST.get("seen", "")
    if ID.fullmatch(seen):
        with suppress(UnknownMessage):
            mark_read(signed_in_user(request).pk, int(seen))


@login_required_post
def delete(request: HttpRequest, athlete_id: int) -> HttpResponse:
    """Delete a message that the person has sent, for both people."""
    message_id = request.POST.get("id", "")
    if not ID.fullmatch(message_id):
        raise Http404
    try:
        delete_message(signed_in_user(request).pk, int(message_id))
    except UnknownMessage:
        raise Http404 from None
    return redirect(f"{reverse('conversation', args=[athlete_id])}#message-{message_id}")
