"""Posts in a club's feed: create, edit, delete and report."""

from django.http import HttpResponse
from ninja import Router

from strava_live.api.answers import json_answer, no_content
from strava_live.api.caller import ApiRequest, member_of_club
from strava_live.api.documented import documented
from strava_live.api.once import ApiAnswer, once, once_for_row
from strava_live.feed.models import Entry
from strava_live.feed.snapshot import encoded_for
from strava_live.protocol import EntryShape
from strava_live.protocol.api_club import EditedPostBody, PostBody, ReportBody
from strava_live.protocol.api_examples_club import EDITED_POST, OWN_POST
from strava_live.protocol.fields import Id
from strava_live.social.moderation import report_post
from strava_live.social.posts import UnknownEntry, delete_post, edit_post, post

router = Router(tags=["Posts"])
CREATED = documented(EntryShape, status=201, example=OWN_POST, errors=(403, 404, 409, 413, 415, 422))
EDITED = documented(EntryShape, example=EDITED_POST, errors=(403, 404, 409, 413, 415, 422))
REPORTED = documented(None, status=204, example=None, errors=(403, 404, 409, 413, 415, 422))


@router.post("/clubs/{slug:slug}/posts", **CREATED)
def create_post(request: ApiRequest, slug: str, body: PostBody) -> HttpResponse:
    """Post to a club's feed, also as a reply to an entry.

    You may post 60 times at once, then once every 5 seconds.
    """
    member = member_of_club(request, slug)

    def create() -> Entry:
        return post(member.user_id, member.club_id, body.text, body.ref, reply_to=body.reply_to, mentions=body.mentions)

    def answer(entry: Entry) -> ApiAnswer:
        if entry.removed:  # deleted since the first request with this key or ref
            raise UnknownEntry(entry.pk)
        return ApiAnswer(201, encoded_for(member.user_id, [entry])[0])

    return once_for_row(request, Entry, create, answer)


@router.patch("/posts/{int:entry_id}", **EDITED)
def change_post(request: ApiRequest, entry_id: Id, body: EditedPostBody) -> HttpResponse:
    """Change the text of a post that you wrote, within 15 minutes."""
    entry = edit_post(request.auth.user.pk, entry_id, body.text, mentions=body.mentions)
    return json_answer(request, encoded_for(request.auth.user.pk, [entry])[0])


@router.post("/posts/{int:entry_id}/report", **REPORTED)
def report(request: ApiRequest, entry_id: Id, body: ReportBody) -> HttpResponse:
    """Report a post to the club's captains. A second report of the same post by you changes nothing."""

    def create() -> ApiAnswer:
        report_post(request.auth.user.pk, entry_id, body.reason)
        return ApiAnswer(204, b"")

    return once(request, create)


@router.delete("/posts/{int:entry_id}", **documented(None, status=204, example=None, errors=(403, 404, 422)))
def remove_post(request: ApiRequest, entry_id: Id) -> HttpResponse:
    """Delete a post that you wrote. A captain may delete every post in the club's feed."""
    delete_post(request.auth.user.pk, entry_id)
    return no_content()
