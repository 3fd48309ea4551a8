"""/clubs/<slug>/entries/<pk>/: one entry of a feed with all replies to it, and what can be done with a post.

The feed leads here if its script does not run, and for an entry that is far down.
"""

import secrets
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from strava_live.web.access import signed_in_user
from strava_live.web.club_access import as_member
from strava_live.web.entry_words import feed_card, feed_cards
from strava_live.web.feed_page import entry_or_404
from strava_live.web.feed_rows import rows_for
from strava_live.web.post_actions import possible_actions


@login_required
@never_cache
@require_safe
def entry_page(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show an entry. The page of a reply shows the card of the entry that it replies to, and is about the reply."""
    member = as_member(request, slug)
    entry = entry_or_404(member.club, pk)
    above = entry.reply_to or entry
    rows = rows_for(signed_in_user(request), [above])
    shown = [*rows.entries, *rows.replies]
    own = next((one for one in shown if one["id"] == pk), None)
    if own is None:  # written by a person whom the viewer has muted
        raise Http404
    for one in shown:
        one.pop("fold", None)  # on its own page, a parkrun is not folded away
    page: dict[str, Any] = {
        "club": member.club,
        "member": member,
        "entry": feed_card(own, [], timezone.localdate()),
        "card": feed_cards(shown, now=timezone.now())[0],
        "may": possible_actions(own, member),
        "editable_text": own["text"],
        "answers": above.pk,
        "ref": secrets.token_urlsafe(12),
        "here": reverse("entry", args=[slug, pk]),
    }
    return render(request, "feed/entry.html", page)
