"""/clubs/<slug>/reports/: the captains' page with the posts that members have reported, and those that are hidden."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from strava_live.social.moderation import hidden_posts, reported_posts
from strava_live.web.club_access import as_captain
from strava_live.web.club_words import part_words, reported_words


@login_required
@never_cache
@require_safe
def reports(request: HttpRequest, slug: str) -> HttpResponse:
    me = as_captain(request, slug)
    reported, hidden = reported_posts(me.club_id), hidden_posts(me.club_id)
    page = {
        "club": me.club,
        "reported": reported.posts,
        "reported_words": reported_words(reported.number),
        "reported_part": part_words(len(reported.posts), reported.number),
        "hidden": hidden.posts,
        "hidden_part": part_words(len(hidden.posts), hidden.number),
    }
    return render(request, "clubs/reports.html", page)
