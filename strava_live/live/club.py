"""/ws/clubs/<slug>/: the socket that shows a club's feed to a member, and takes their posts and cheers."""

from strava_live.hub.connections import Connection
from strava_live.hub.hub import hub
from strava_live.live.feed import FeedSocket
from strava_live.live.socket import Scope, Send
from strava_live.protocol import (
    CLUB_COMMANDS,
    CheerGive,
    CheerTake,
    ClubCommand,
    Error,
    PostCreate,
    PostEdit,
)
from strava_live.rate_limits import TooManyRequests
from strava_live.social.cheers import cheer, uncheer
from strava_live.social.post_text import BadPost
from strava_live.social.posts import CannotChangePost, UnknownEntry, edit_post, post
from strava_live.write_queue import club_key


class ClubSocket(FeedSocket):
    __slots__ = ("slug",)

    commands = CLUB_COMMANDS

    def __init__(self, scope: Scope, send: Send) -> None:
        super().__init__(scope, send)
        self.slug: str = scope["url_route"]["kwargs"]["slug"]

    async def authorize(self) -> Connection:
        access = await hub().authorizer.member(self.session_key, self.slug)
        return Connection(self.writer, user_id=access.user_id, session_key=self.session_key, feed_access=access)

    async def handle(self, command: ClubCommand) -> None:
        if self.connection is None or self.connection.feed_access is None or self.connection.user_id is None:
            return
        user_id, club_id = self.connection.user_id, self.connection.feed_access.club_id
        keys = [club_key(self.slug)]
        try:
            match command:
                case PostCreate(text=text, ref=ref, reply_to=reply_to, mentions=picked):
                    await self.write(keys, post, user_id, club_id, text, ref, reply_to=reply_to, mentions=picked)
                case PostEdit(id=entry_id, text=text, mentions=picked):
                    await self.write(keys, edit_post, user_id, entry_id, text, mentions=picked, club_id=club_id)
                case CheerGive(id=entry_id):
                    await self.write(keys, cheer, user_id, club_id, entry_id)
                case CheerTake(id=entry_id):
                    await self.write(keys, uncheer, user_id, club_id, entry_id)
        except (BadPost, CannotChangePost, TooManyRequests) as error:
            self.refuse(command, Error(code=error.code, message=str(error)))
        except UnknownEntry as error:
            self.refuse(command, Error(code=error.code, message="That's no longer in the feed."))
