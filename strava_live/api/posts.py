"""Posts in a club's feed: create and delete."""

from django.http import HttpResponse
from ninja import Router

from strava_live.api.answers import no_content
from strava_live.api.caller import ApiRequest, member_of_club
from strava_live.api.documented import documented
from strava_live.api.once import ApiAnswer, once
from strava_live.feed.snapshot import encoded_for
from strava_live.protocol import EntryShape
from strava_live.protocol.api_club import PostBody
from strava_live.protocol.api_examples_club import OWN_POST
from strava_live.protocol.fields import Id
from strava_live.social.posts import UnknownEntry, delete_post, post

router = Router(tags=["Posts"])
CREATED = documented(EntryShape, status=201, example=OWN_POST, errors=(403, 404, 413, 415, 422))


@router.post("/clubs/{slug:slug}/posts", **CREATED)
def create_post(request: ApiRequest, slug: str, body: PostBody) -> HttpResponse:
    """Post to a club's feed."""
    member = member_of_club(request, slug)

    def create() -> ApiAnswer:
        entry = post(member.user_id, member.club_id, body.text, body.ref)
        if entry.removed:  # the first post with this ref, which has been deleted
            raise UnknownEntry(entry.pk)
        return ApiAnswer(201, encoded_for(member.user_id, [entry])[0])

    return once(request, create)


@router.delete("/posts/{int:entry_id}", **documented(None, status=204, example=None, errors=(403, 404, 422)))
def remove_post(request: ApiRequest, entry_id: Id) -> HttpResponse:
    """Delete a post that you wrote. A captain may delete every post in the club's feed."""
    delete_post(request.auth.user.pk, entry_id)
    return no_content()
