"""Every message that crosses a socket, and what may be relied on. docs/protocol.md is made from this page.

A frame is JSON text: one message (an object), or several in order (an array of objects). Every message has `type`.
The first on every socket is `hello`. A client sends one object a frame; what is not understood is answered by `error`
and changes nothing, and three in a row close the socket with 4400. Every command may carry `ref`, a text of at most 64
printable characters; an `error` that the command causes carries the same `ref`.

**My own Strava, `/ws/sync/?after=<mark>`.** `mark` counts the changes to an athlete's activities and is raised in the
transaction that keeps a change. Whoever redials with the last `mark` they saw misses nothing; a change may be told
twice, so a client keeps items by `strava_id`.

**A club's feed, `/ws/clubs/<slug>/?after=<epoch>:<seq>`, and its walls, `/ws/screens/<key>/?after=<epoch>:<seq>`.**
`seq` counts the additions, changes and removals of a club, with no gap; an entry carries the number of its last change.
Live messages carry every number once and in order. `hello` with `after` brings every entry that has changed since,
once, in its present state; removed ones as `{"id", "seq", "removed": true}`; numbers that were superseded are absent.
Where more than 500 have changed, or `after` is no number or lies ahead, `complete` is false and the entries are the
newest 50, as without `after`: start anew with them. After `hello` a client stands at `hello.seq`; whoever redials with
the number they stand at misses nothing and sees nothing twice. `id` and `at` fix an entry's place.
`hello.epoch` names the history that the numbers belong to. It is another one after a backup was restored: an `after` of
an earlier epoch gets the newest 50 with `complete` false, and open sockets get `feed.reset` and are closed with 4012. A
bare `after=<seq>` is read as a number of the present epoch.
`cheered` is in `hello` only; in what follows it is left out, and a client keeps what it had. A `hello` is one frame
however long: 500 posts of 1,000 characters can be two mebibytes, more than some clients take unless they are told to.
Screens get neither `athlete.id` nor `data.url`, and send nothing but `ping`.
`data.device` of a parkrun is the text that Garmin asks for beside it, such as "Garmin Forerunner 255", where it was
recorded on a Garmin device: "Garmin" alone for a member without a name, null for any other device.
"""

from strava_live.protocol.club import (
    CLUB_COMMANDS,
    SCREEN_COMMANDS,
    CheerGive,
    CheerMine,
    CheerTake,
    EntryAdded,
    EntryChanged,
    EntryRemoved,
    FeedHello,
    FeedReset,
    FiguresChanged,
    Position,
    PostCreate,
    Watching,
    position_at,
)
from strava_live.protocol.envelope import (
    LARGEST_ID,
    MAX_REF,
    MOST_REPLAYED,
    NO_NUMBER,
    VERSION,
    BadDates,
    Close,
    Command,
    Error,
    InvalidMessage,
    Json,
    Message,
    Ping,
    Pong,
    Readers,
    compact,
    day,
    frame,
    parse_command,
    standing_at,
    whole_number,
)
from strava_live.protocol.sync import (
    MOST_SHOWN,
    SYNC_COMMANDS,
    ActivitiesFound,
    ActivitySave,
    ActivitySaved,
    ActivityUnsave,
    ActivityUnsaved,
    SyncCancel,
    SyncCancelled,
    SyncFailed,
    SyncFinished,
    SyncHello,
    SyncProgress,
    SyncStart,
    SyncStarted,
    SyncWaiting,
)

SyncCommand = SyncStart | SyncCancel | ActivitySave | ActivityUnsave
ClubCommand = PostCreate | CheerGive | CheerTake

__all__ = [
    "CLUB_COMMANDS",
    "LARGEST_ID",
    "MAX_REF",
    "MOST_REPLAYED",
    "MOST_SHOWN",
    "NO_NUMBER",
    "SCREEN_COMMANDS",
    "SYNC_COMMANDS",
    "VERSION",
    "ActivitiesFound",
    "ActivitySave",
    "ActivitySaved",
    "ActivityUnsave",
    "ActivityUnsaved",
    "BadDates",
    "CheerGive",
    "CheerMine",
    "CheerTake",
    "Close",
    "ClubCommand",
    "Command",
    "EntryAdded",
    "EntryChanged",
    "EntryRemoved",
    "Error",
    "FeedHello",
    "FeedReset",
    "FiguresChanged",
    "InvalidMessage",
    "Json",
    "Message",
    "Ping",
    "Pong",
    "Position",
    "PostCreate",
    "Readers",
    "SyncCancel",
    "SyncCancelled",
    "SyncCommand",
    "SyncFailed",
    "SyncFinished",
    "SyncHello",
    "SyncProgress",
    "SyncStart",
    "SyncStarted",
    "SyncWaiting",
    "Watching",
    "compact",
    "day",
    "frame",
    "parse_command",
    "position_at",
    "standing_at",
    "whole_number",
]
