"""Examples of the REST API's answers about clubs, entries and posts, for its documentation and for tests."""

from strava_live.protocol.api_club import ClubsPage, EntriesPage, MyClubShape
from strava_live.protocol.club_shapes import EntryShape
from strava_live.protocol.examples import CLUB, ENTRY, POST

ADDRESS = "https://club.example.org/api/v1/clubs/striders/entries"
MY_CLUB: MyClubShape = {
    **CLUB,
    "role": "member",
    "shares_parkruns": True,
    "shown_as": "short",
    "epoch": "x7Rk2mQ0",
    "seq": 1213,
    "entries": 640,
}
CLUBS_PAGE: ClubsPage = {"items": [MY_CLUB], "next": None, "previous": None}
OWN_POST: EntryShape = {**POST, "cheered": False}
EDITED_POST: EntryShape = {**OWN_POST, "seq": 1216, "text": "Well done @Alva B.! Coffee at the pavilion, at ten?"}
CHEERED: EntryShape = {**ENTRY, "seq": 1214, "cheers": 3, "cheered": True}
UNCHEERED: EntryShape = {**ENTRY, "seq": 1215, "cheers": 2, "cheered": False}
ENTRIES_PAGE: EntriesPage = {
    "items": [OWN_POST, {**ENTRY, "cheered": True}],
    "next": f"{ADDRESS}?cursor=before.2026-11-21T09%3A41%3A07.318204Z%2C812",
    "previous": None,
    "epoch": "x7Rk2mQ0",
    "seq": 1213,
    "complete": True,
}
