"""One example of every shape and message, for docs/protocol.md and for tests."""

from collections.abc import Sequence

from strava_live.error_codes import ErrorCode
from strava_live.protocol.bucket import (
    BucketDisconnected,
    BucketHello,
    SendingCancelled,
    SendingFailed,
    SendingFinished,
    SendingProgress,
    SendingShape,
    SendingWaiting,
    SendingWaitShape,
)
from strava_live.protocol.club import (
    CheerMine,
    EntryAdded,
    EntryChanged,
    EntryRemoved,
    FeedHello,
    FeedReset,
    FiguresChanged,
    Watching,
)
from strava_live.protocol.club_shapes import ClubShape, EntryShape, FiguresShape, RemovedEntryShape, WatchingShape
from strava_live.protocol.envelope import VERSION, Error, ErrorBody, Json, Message, Pong
from strava_live.protocol.messages import (
    ConversationDelivered,
    ConversationRead,
    MessageAdded,
    MessageChanged,
    MessageShape,
    MessagesHello,
    ReadsShape,
)
from strava_live.protocol.notifications import (
    NotificationAdded,
    NotificationChanged,
    NotificationRemoved,
    NotificationShape,
    NotificationsHello,
    UnreadCounts,
)
from strava_live.protocol.sync import (
    AccessRevoked,
    ActivitiesFound,
    ActivitiesRemoved,
    ActivitySaved,
    ActivityUnsaved,
    SyncCancelled,
    SyncFailed,
    SyncFinished,
    SyncHello,
    SyncProgress,
    SyncStarted,
    SyncWaiting,
)
from strava_live.protocol.sync_shapes import FailureShape, ItemShape, RunShape, WaitingShape

SERVER_TIME = "2026-11-21T10:15:00.250000Z"
CLUB: ClubShape = {"slug": "striders", "name": "Striders", "time_zone": "Europe/London"}
WATCHING: WatchingShape = {"members": 3, "screens": 1, "says": "3 members and 1 screen are watching"}
ENTRY: EntryShape = {
    "id": 812,
    "seq": 1204,
    "kind": "parkrun",
    "at": "2026-11-21T09:41:07.318204Z",
    "athlete": {"id": 7, "name": "Alva B."},
    "text": "At Bushy parkrun, Alva B. finished in 25:00: 50th parkrun, PB there.",
    "data": {
        "event": "bushy",
        "event_name": "Bushy parkrun",
        "date": "2026-11-21",
        "junior": False,
        "time_s": 1500,
        "count": 50,
        "first_here": False,
        "best": "event",
        "url": "https://www.strava.com/activities/16511223344",
        "device": "Garmin Forerunner 255",
    },
    "cheers": 2,
    "marks": [{"words": "50th parkrun", "celebrate": True}, {"words": "PB here", "celebrate": True}],
}
MILESTONE: EntryShape = {
    "id": 813,
    "seq": 1205,
    "kind": "milestone",
    "at": "2026-11-21T09:41:07.318204Z",
    "athlete": {"id": 7, "name": "Alva B."},
    "text": "50th parkrun for Alva B., at Bushy parkrun.",
    "data": {"event": "bushy", "event_name": "Bushy parkrun", "date": "2026-11-21", "junior": False, "count": 50},
    "cheers": 0,
    "title": "50th parkrun",
    "says": "at Bushy",
}
HISTORY: EntryShape = {
    "id": 640,
    "seq": 931,
    "kind": "history",
    "at": "2026-10-03T18:20:44.001932Z",
    "athlete": None,
    "text": "76 earlier parkruns, back to 2019, added by a member.",
    "data": {"count": 76, "since": 2019, "junior": False},
    "cheers": 1,
    "says": "added 76 earlier parkruns, back to 2019",
    "folded": "Added 76 earlier parkruns, back to 2019",
}
POST: EntryShape = {
    "id": 820,
    "seq": 1213,
    "kind": "post",
    "at": "2026-11-21T10:02:31.640118Z",
    "athlete": {"id": 12, "name": "Bram de Wit"},
    "text": "Well done @Alva B.! Coffee at the pavilion?",
    "data": {"ref": "a1", "mentions": [{"id": 7, "name": "Alva B."}]},
    "cheers": 0,
    "reply_to": 812,
    "edited_at": "2026-11-21T10:03:05.118204Z",
}
JOINED: EntryShape = {
    "id": 799,
    "seq": 1180,
    "kind": "joined",
    "at": "2026-11-19T19:12:00.771200Z",
    "athlete": {"id": 15, "name": "Chidi O."},
    "text": "Welcome to Chidi O., who has joined.",
    "data": {},
    "cheers": 4,
    "says": "has joined. Welcome!",
}
ENTRIES = (ENTRY, MILESTONE, HISTORY, POST, JOINED)
ON_SCREEN: EntryShape = {
    "id": 813,
    "seq": 1205,
    "kind": "milestone",
    "at": "2026-11-21T09:41:07.318204Z",
    "athlete": {"name": "Alva B."},
    "text": "50th parkrun for Alva B., at Bushy parkrun.",
    "data": {"event": "bushy", "event_name": "Bushy parkrun", "date": "2026-11-21", "junior": False, "count": 50},
    "cheers": 0,
    "place": "Bushy",
    "note": {"words": "50th parkrun", "celebrate": True},
    "milestone": "parkruns",
}
FIGURES: FiguresShape = {
    "page": "5f0c7d1e9a3b2c48",
    "server_time": SERVER_TIME,
    "epoch": "x7Rk2mQ0",
    "seq": 1213,
    "entries": [ON_SCREEN],
    "scenes": "<section>…</section>",
    "tally": "<p>…</p>",
}
REMOVED: RemovedEntryShape = {"id": 801, "seq": 1210, "removed": True}

RUN: RunShape = {
    "id": 31,
    "state": "running",
    "reason": "asked",
    "since": None,
    "until": None,
    "found": 400,
    "saved": 37,
    "pages": 2,
    "requests": 2,
    "started_at": "2026-11-21T10:14:52Z",
    "ended_at": None,
    "oldest": "2024-03-09T09:01:12Z",
    "waiting": None,
    "failure": None,
    "says": "Importing your runs.",
    "progress": "400 activities, 37 parkruns, back to Mar 2024.",
    "checked": "400 activities",
    "result": "400 activities checked, 37 new parkruns",
    "milestone": "25 parkruns so far!",
}
WAITING: WaitingShape = {"until": "2026-11-21T10:30:00Z", "reason": "rate_limit"}
FAILURE: FailureShape = {
    "code": ErrorCode.RECONNECT_NEEDED,
    "message": "Strava no longer lets us read your activities.",
    "next_step": "Connect Strava again.",
}
ITEM: ItemShape = {
    "strava_id": 16511223344,
    "name": "Bushy parkrun",
    "sport_type": "Run",
    "start": "2026-11-21T09:00:05+00:00",
    "timezone": "Europe/London",
    "distance_m": 5012.3,
    "elapsed_s": 1504,
    "moving_s": 1498,
    "state": "saved",
    "url": "https://www.strava.com/activities/16511223344",
    "parkrun": {
        "status": "sure",
        "event": "bushy",
        "event_name": "Bushy parkrun",
        "time_s": 1500,
        "reasons": ["It started at Bushy parkrun, at the right time."],
    },
    "facts": "5.01 km · 25:04 · Run",
    "badge": {"status": "sure", "words": "Bushy parkrun"},
}
ERROR_BODY: ErrorBody = {"code": ErrorCode.UNKNOWN_ENTRY, "message": "That's no longer in the feed."}

CLIENT_MESSAGES: Sequence[Json] = (
    {"type": "ping"},
    {"type": "sync.start", "since": "2026-01-01", "ref": "a1"},
    {"type": "sync.cancel"},
    {"type": "activity.save", "strava_id": 16511223344},
    {"type": "activity.unsave", "strava_id": 16511223344},
    {"type": "post.create", "text": "Coffee at the pavilion?", "ref": "a1"},
    {"type": "post.edit", "id": 820, "text": "Coffee at the pavilion, at ten?"},
    {"type": "cheer", "id": 812},
    {"type": "uncheer", "id": 812},
    {"type": "sending.start", "ref": "a1"},
    {"type": "sending.cancel"},
    {"type": "message.send", "to": 12, "text": "Lift on Saturday?", "ref": "m1"},
    {"type": "message.read", "id": 9041},
    {"type": "message.delivered", "id": 9041},
    {"type": "message.delete", "id": 9040},
    {"type": "notification.read", "id": 31, "ref": "a1"},
    {"type": "page.visible", "visible": False},
)
BEGUN: RunShape = RUN | {
    "found": 0,
    "saved": 0,
    "pages": 0,
    "requests": 0,
    "oldest": None,
    "progress": "0 activities, 0 parkruns.",
    "checked": "0 activities",
    "result": "0 activities checked, 0 new parkruns",
    "milestone": "",
}
ENDED = RUN | {"ended_at": "2026-11-21T10:16:40Z"}
SYNC_MESSAGES: Sequence[Message] = (
    SyncHello(
        protocol=VERSION, server_time="2026-11-21T10:15:00Z", run=RUN, mark=437, items=[ITEM], removed=[], complete=True
    ),
    SyncStarted(run=BEGUN),
    ActivitiesFound(run_id=31, items=[ITEM], mark=437),
    ActivitiesRemoved(strava_ids=[16511223345], mark=437),
    AccessRevoked(),
    ActivitySaved(item=ITEM, mark=438),
    ActivityUnsaved(item=ITEM | {"state": "dismissed"}, mark=439),
    SyncProgress(run=RUN),
    SyncWaiting(
        run=RUN
        | {
            "state": "waiting",
            "waiting": WAITING,
            "says": "Strava's limit reached. Your import carries on by itself.",
        },
        until=WAITING["until"],
        reason=WAITING["reason"],
    ),
    SyncFinished(run=ENDED | {"state": "finished", "says": "All done: 400 activities, 37 new parkruns."}),
    SyncCancelled(
        run=ENDED | {"state": "cancelled", "says": "Stopped at 400 activities. Everything imported so far stays."}
    ),
    SyncFailed(
        run=ENDED | {"state": "failed", "failure": FAILURE, "says": "The import stopped."},
        code=FAILURE["code"],
        message=FAILURE["message"],
        next_step=FAILURE["next_step"],
    ),
)
FEED_MESSAGES: Sequence[Message] = (
    FeedHello(
        protocol=VERSION,
        server_time=SERVER_TIME,
        club=CLUB,
        epoch="x7Rk2mQ0",
        seq=1213,
        entries=[ENTRY | {"cheered": True}, REMOVED],
        complete=True,
        watching=WATCHING,
    ),
    EntryAdded(entry=ENTRY),
    EntryChanged(entry=ENTRY | {"seq": 1214, "cheers": 3}),
    EntryRemoved(seq=1215, id=812),
    FeedReset(seq=2960),
    CheerMine(id=812, cheered=True),
    Watching(**WATCHING),
    FiguresChanged(),
)
SENDING: SendingShape = {
    "id": 5,
    "state": "running",
    "reason": "asked",
    "total": 3000,
    "sent": 1200,
    "unchanged": 0,
    "deleted": 0,
    "checked": 0,
    "missing": 0,
    "started_at": "2026-11-21T10:14:58Z",
    "ended_at": None,
    "waiting": None,
    "failure": None,
    "says": "Sending your activities.",
    "progress": "1,200 of 3,000 activities sent.",
}
SENDING_WAITING: SendingWaitShape = {"until": "2026-11-21T10:16:00Z", "reason": "bucket_down"}
SENDING_FAILURE: FailureShape = {
    "code": ErrorCode.BUCKET_RECONNECT_NEEDED,
    "message": "Bucket no longer lets us in.",
    "next_step": "Connect your Bucket again.",
}
SENT = SENDING | {"ended_at": "2026-11-21T10:16:40Z"}
BUCKET_MESSAGES: Sequence[Message] = (
    BucketHello(protocol=VERSION, server_time="2026-11-21T10:15:00Z", sending=SENDING),
    SendingProgress(sending=SENDING),
    SendingWaiting(
        sending=SENDING
        | {"state": "waiting", "waiting": SENDING_WAITING, "says": "Bucket isn't answering. We keep trying."}
    ),
    SendingFinished(
        sending=SENT
        | {
            "state": "finished",
            "sent": 3000,
            "checked": 23000,
            "says": "All done: your Bucket is up to date.",
            "progress": "3,000 of 3,000 activities sent.",
        }
    ),
    SendingCancelled(sending=SENT | {"state": "cancelled", "says": "Stopped. What your Bucket has taken stays there."}),
    SendingFailed(sending=SENT | {"state": "failed", "failure": SENDING_FAILURE, "says": "The sending stopped."}),
    BucketDisconnected(),
)
DIRECT_MESSAGE: MessageShape = {
    "id": 9040,
    "conversation": 88,
    "with": 12,
    "name": "Bram de Wit",
    "mine": True,
    "text": "Lift on Saturday?",
    "at": "2026-11-20T19:02:13.318204Z",
    "deleted": False,
    "ref": "m1",
}
ANSWER: MessageShape = {
    "id": 9041,
    "conversation": 88,
    "with": 12,
    "name": "Bram de Wit",
    "mine": False,
    "text": "Yes, at eight.",
    "at": "2026-11-20T19:04:51.001932Z",
    "deleted": False,
}
READS: ReadsShape = {
    "with": 12,
    "conversation": 88,
    "unread": 1,
    "read_up_to": 0,
    "their_read_up_to": 9040,
    "their_delivered_up_to": 9040,
    "mark": 604,
}
DIRECT_MESSAGES: Sequence[Message] = (
    MessagesHello(
        protocol=VERSION,
        server_time=SERVER_TIME,
        unread=1,
        messages=[DIRECT_MESSAGE, ANSWER],
        reads=[READS],
        complete=True,
        position=9041,
        mark=604,
    ),
    MessageAdded(message=ANSWER, unread=1, conversation_unread=1, position=9041, mark=604),
    MessageChanged(
        message=DIRECT_MESSAGE | {"text": "", "deleted": True},
        unread=1,
        conversation_unread=1,
        position=9042,
        mark=605,
    ),
    ConversationRead(other=12, conversation=88, up_to=9041, by="me", unread=0, conversation_unread=0, mark=606),
    ConversationDelivered(other=12, conversation=88, up_to=9040, mark=607),
)
CHEER_NOTIFICATION: NotificationShape = {
    "id": 31,
    "kind": "cheer",
    "at": "2026-11-21T10:02:41.118204Z",
    "read": False,
    "says": "Ana B. and 4 others cheered your 50th parkrun",
    "url": "/clubs/striders/#entry-812",
    "actors": [{"id": 9, "name": "Ana B."}, {"id": None, "name": "a member"}, {"id": 12, "name": "Ben Cole"}],
    "count": 5,
}
ANSWER_NOTIFICATION: NotificationShape = {
    "id": 12,
    "kind": "answer",
    "at": "2026-11-19T18:20:00.504117Z",
    "read": True,
    "says": "Striders has accepted your request to join",
    "url": "/clubs/striders/",
    "actors": [],
    "count": 0,
}
NOTIFICATIONS_MESSAGES: Sequence[Message] = (
    NotificationsHello(
        protocol=VERSION,
        server_time=SERVER_TIME,
        unread=1,
        messages=3,
        notifications=[CHEER_NOTIFICATION, ANSWER_NOTIFICATION],
    ),
    UnreadCounts(unread=0, messages=3),
    NotificationAdded(notification=CHEER_NOTIFICATION),
    NotificationChanged(notification=CHEER_NOTIFICATION | {"read": True}),
    NotificationRemoved(id=31),
)
COMMON_MESSAGES: Sequence[Message] = (
    Pong(),
    Error(code=ErrorCode.BAD_MESSAGE, message="id must be the id of an entry.", ref="a1"),
)
