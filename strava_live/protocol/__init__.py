"""Every message that crosses a socket, and the rules that clients may rely on.

**Frames.** A frame is JSON text: one message (an object), or several in order (an array of objects). Every message has
a `type`. The first message on every socket is `hello`. A client sends one object in each frame. The server answers an
invalid message with `error` and changes nothing. Three invalid messages in a row close the socket with 4400. Every
command may carry `ref`, a text of at most 64 printable characters. An `error` that the command causes carries the same
`ref`.

**My own Strava, `/ws/sync/?after=<mark>`.** `mark` counts the changes to an athlete's activities. The transaction that
stores a change also raises it. A client that reconnects with the last `mark` it received misses nothing. It may receive
a change twice, so it stores items by `strava_id`.

**A club's feed, `/ws/clubs/<slug>/?after=<epoch>:<seq>`, and its screens, `/ws/screens/<key>/?after=<epoch>:<seq>`.**
`seq` counts the additions, changes and removals in a club's feed, without a gap. An entry carries the number of its
last change. Live messages carry every number once and in order. After `hello`, the client's position is `hello.seq`. A
client that reconnects with its position misses nothing and receives nothing twice. `id` and `at` fix an entry's place
in the list.

- With `after`, `hello` has every entry that has changed since, once, in its current state and in order of `seq`.
  Removed entries come as `{"id", "seq", "removed": true}`. Numbers that a later change of the same entry replaced are
  absent.
- Without `after`, `hello` has the newest 50 entries, oldest first.
- If more than 500 entries have changed, or `after` is invalid or ahead of the club, `hello` has the newest 50 with
  `complete` false. The client drops the entries it has and starts over with these.
- `hello.epoch` names the history that the numbers belong to. It changes when a backup is restored. An `after` of an
  earlier epoch gets the newest 50 with `complete` false. Open sockets get `feed.reset` and are closed with 4012. A bare
  `after=<seq>` is read as a number of the current epoch.
- `cheered` is in `hello` only. Later messages leave it out, and the client keeps the value it has.
- A `hello` is always one frame: 500 posts of 1,000 characters take up to two mebibytes. Many client libraries refuse
  that unless their limit is raised.
- An entry carries the words that a card or, on screens, a wall shows, so that clients need not build sentences. Only
  `athlete` and `text` have names. Fields without words are absent.
- Screens get neither `athlete.id` nor `data.url`, and may send nothing but `ping`.
- `data.device` of a parkrun recorded on a Garmin device is the text that Garmin requires beside it, such as "Garmin
  Forerunner 255". It is "Garmin" alone for a member whose name is hidden, and null for any other device.
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
    Watching,
    parse_position,
)
from strava_live.protocol.club_shapes import (
    AthleteShape,
    ClubShape,
    EntryData,
    EntryKind,
    EntryShape,
    HelloEntry,
    HistoryData,
    MarkShape,
    MilestoneData,
    ParkrunData,
    RemovedEntryShape,
    WatchingShape,
)
from strava_live.protocol.envelope import (
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
    ActivitiesFound,
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
    "CLUB_COMMANDS",
    "INVALID_NUMBER",
    "LARGEST_ID",
    "MAX_REF",
    "MOST_REPLAYED",
    "MOST_SHOWN",
    "SCREEN_COMMANDS",
    "SYNC_COMMANDS",
    "VERSION",
    "ActivitiesFound",
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
