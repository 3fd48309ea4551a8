"""Every message that crosses a socket, and the rules that clients may rely on.

**Sockets.** `/ws/clubs/<slug>/` shows a club's feed to a member, `/ws/screens/<key>/` shows it on a wall screen,
`/ws/sync/` shows an athlete their own activities, `/ws/bucket/` shows how they are sent to the athlete's Bucket,
`/ws/messages/` has a person's direct messages, and `/ws/notifications/` has their notifications. A *wall screen*, or
*screen*, is a television or tablet in the club's café that shows the feed to everyone in the room. Its page is called
the *wall*. Programs can also read over plain HTTP, as [event streams](api.md#streams), what the sockets of a club and
of an athlete's activities send.

**Connecting.** Every handshake, also that of a screen, needs the header `Origin` with the scheme, host and port of the
site and no path: `Origin: https://club.example.org`. Browsers send it by themselves; a program must set it. If the
header is missing, is sent twice or names another site, the server refuses the handshake with plain HTTP (403), without
a close code. All other refusals come after the handshake, as a close code.

**Signing in.** The sockets of members and athletes need the cookie `sessionid`. A program gets it as a browser does:

1. `GET /accounts/login/` sets the cookie `csrftoken`.
2. `POST /accounts/login/` as a form with the fields `login` (the username), `password`, and `csrfmiddlewaretoken` (the
   value of the cookie `csrftoken`), with this cookie and the header `Origin`. The answer is a redirect (302) and sets
   `sessionid`. After a wrong password it is the page again, and after too many it is 429.
3. If the account has two-step sign-in, the redirect leads to `/accounts/2fa/authenticate/`. Post the `code` of the app
   there in the same way, with all cookies as they are now. The session is signed in only after this.

Every other `POST` to the site needs `csrfmiddlewaretoken` too, or the header `X-CSRFToken` with the same value.

**Frames.** A frame is JSON text: one message (an object), or several in order (an array of objects). Every message has
a `type`. The first message from the server on every socket is `hello`. A client sends one object in each frame, of at
most 128 KiB; a longer one closes the socket with 1009. The server answers an invalid message with `error` and changes
nothing. Three invalid messages in a row close the socket with 4400; a message whose only fault is a date (`bad_dates`)
does not count. Every command may carry `ref`, a text of at most 64 printable characters. An `error` that the command
causes carries the same `ref`.

**Success has no answer of its own.** You recognise that a command has succeeded by the message about its change: a post
by `entry.added` with the same `data.ref`, a cheer by `cheer.mine`, an import by `sync.started` or `sync.waiting`, a
saved activity by `activity.saved`. A command that changes nothing may get no message at all, such as a post that is
sent again with the same `ref`.

**Staying connected.** Our own pages do this, and we recommend it: send `ping` after 25 seconds in which nothing has
arrived. Reconnect if no `pong` arrives within 5 seconds, or if no `hello` arrives within 20 seconds of opening the
socket. Before each reconnection, wait a random time of at most 1 second. Double this limit with every failure, up to 30
seconds. Go back to 1 second once a connection has lasted 10 seconds.

**Fields that you do not know.** Later versions may add messages and fields, and error codes. A client ignores messages
and fields that it does not know, and shows the `message` of an error whose `code` it does not know. The server ignores
fields of a command that it does not know, so a newer client may send them to an older server. No message, field or code
changes its meaning.

**Reading the tables.** Each message has a table of its fields, without `type`. "May be absent" says that a message can
lack the field; every other field is always there. "Optional" says that a client may leave the field out. Instants are
in ISO 8601, and in UTC unless the table says otherwise: `2026-11-21T09:02:13Z`, or `2026-11-21T09:02:13.318204Z` with
microseconds. Texts are plain text: escape them before you put them into HTML.
"""

from strava_live.protocol.club import (
    CLUB_COMMANDS,
    SCREEN_COMMANDS,
    CheerGive,
    CheerMine,
    CheerTake,
    ClubCommand,
    EntryAdded,
    EntryChanged,
    EntryRemoved,
    FeedHello,
    FeedMessage,
    FeedReset,
    FiguresChanged,
    Position,
    PostCreate,
    PostEdit,
    Watching,
    parse_position,
)
from strava_live.protocol.club_shapes import (
    AthleteShape,
    ClubShape,
    EntryData,
    EntryKind,
    EntryShape,
    FiguresShape,
    HelloEntry,
    HistoryData,
    MarkShape,
    MilestoneData,
    ParkrunData,
    RemovedEntryShape,
    WatchingShape,
)
from strava_live.protocol.envelope import (
    CLOSE_CODES,
    INVALID_NUMBER,
    MAX_REF,
    MOST_REPLAYED,
    VERSION,
    BadDates,
    Close,
    Command,
    Commands,
    Error,
    ErrorBody,
    InvalidMessage,
    Json,
    Message,
    Ping,
    Pong,
    compact,
    frame,
    parse_after,
    parse_command,
    parse_day,
    parse_number,
)
from strava_live.protocol.fields import (
    LARGEST_ID,
)
from strava_live.protocol.sync import (
    MOST_SHOWN,
    SYNC_COMMANDS,
    AccessRevoked,
    ActivitiesFound,
    ActivitiesRemoved,
    ActivitySave,
    ActivitySaved,
    ActivityUnsave,
    ActivityUnsaved,
    SyncCancel,
    SyncCancelled,
    SyncCommand,
    SyncFailed,
    SyncFinished,
    SyncHello,
    SyncMessage,
    SyncProgress,
    SyncStart,
    SyncStarted,
    SyncWaiting,
)
from strava_live.protocol.sync_shapes import (
    BadgeShape,
    FailureShape,
    ItemShape,
    ItemState,
    ParkrunShape,
    ParkrunStatus,
    RunReason,
    RunShape,
    RunState,
    WaitingShape,
    WaitReason,
)

__all__ = [
    "CLOSE_CODES",
    "CLUB_COMMANDS",
    "INVALID_NUMBER",
    "LARGEST_ID",
    "MAX_REF",
    "MOST_REPLAYED",
    "MOST_SHOWN",
    "SCREEN_COMMANDS",
    "SYNC_COMMANDS",
    "VERSION",
    "AccessRevoked",
    "ActivitiesFound",
    "ActivitiesRemoved",
    "ActivitySave",
    "ActivitySaved",
    "ActivityUnsave",
    "ActivityUnsaved",
    "AthleteShape",
    "BadDates",
    "BadgeShape",
    "CheerGive",
    "CheerMine",
    "CheerTake",
    "Close",
    "ClubCommand",
    "ClubShape",
    "Command",
    "Commands",
    "EntryAdded",
    "EntryChanged",
    "EntryData",
    "EntryKind",
    "EntryRemoved",
    "EntryShape",
    "Error",
    "ErrorBody",
    "FailureShape",
    "FeedHello",
    "FeedMessage",
    "FeedReset",
    "FiguresChanged",
    "FiguresShape",
    "HelloEntry",
    "HistoryData",
    "InvalidMessage",
    "ItemShape",
    "ItemState",
    "Json",
    "MarkShape",
    "Message",
    "MilestoneData",
    "ParkrunData",
    "ParkrunShape",
    "ParkrunStatus",
    "Ping",
    "Pong",
    "Position",
    "PostCreate",
    "PostEdit",
    "RemovedEntryShape",
    "RunReason",
    "RunShape",
    "RunState",
    "SyncCancel",
    "SyncCancelled",
    "SyncCommand",
    "SyncFailed",
    "SyncFinished",
    "SyncHello",
    "SyncMessage",
    "SyncProgress",
    "SyncStart",
    "SyncStarted",
    "SyncWaiting",
    "WaitReason",
    "WaitingShape",
    "Watching",
    "WatchingShape",
    "compact",
    "frame",
    "parse_after",
    "parse_command",
    "parse_day",
    "parse_number",
    "parse_position",
]
