"""The Thing at Bucket that holds a user's activities, and its Properties: find them again by name, or make them."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from django.db import transaction

from strava_live.bucket.changes import ConnectionGone, locked_connection
from strava_live.bucket.failures import ThingRemoved
from strava_live.bucket.models import BucketConnection, SentActivity, SentProperty
from strava_live.bucket.own_things import THING_TYPE, own_things, thing_name
from strava_live.bucket.revocations import is_to_be_deleted
from strava_live.bucket.rows import PROPERTIES, kinds_to_send
from strava_live.bucket_client.client import BucketClient
from strava_live.bucket_client.errors import BucketError, BucketReconnectNeeded
from strava_live.bucket_client.shapes import BucketProperty, Thing
from strava_live.bucket_client.things import oldest
from strava_live.database import on_database
from strava_live.http.tokens import TokenSource


@dataclass(frozen=True, slots=True)
class Home:
    """Where a user's activities are at Bucket."""

    thing_id: str
    properties: dict[str, BucketProperty]
    """The Properties that exist there, by kind of value (`SentProperty.ValueKind`)."""


async def find_or_make_home(
    bucket: BucketClient, tokens: TokenSource, connection: BucketConnection, *, may_replace: bool
) -> Home:
    """Return where the user's activities are. Make the Thing and those of its Properties that are missing.

    If the Thing was deleted at Bucket, everything is sent again to another one. Without `may_replace`, raise
    ThingRemoved instead.
    """
    held = HeldToken(await tokens.token())
    things = await bucket.list_things(tokens)
    thing = next((thing for thing in things if thing.id == connection.thing_id), None)
    if thing is None and connection.thing_id:
        if not may_replace:
            raise ThingRemoved("the Thing is not among those of the person")
        await on_database(forget_home)(connection)
    if thing is None:
        thing = await on_database(to_adopt)(things)
    is_new = thing is None
    if thing is None:
        name = thing_name()
        description = f"My activities, sent from {name}. Changes that are made here by hand are undone."
        thing = await bucket.make_thing(tokens, name=name, type=THING_TYPE, description=description)
    try:
        return await complete_home(bucket, tokens, connection, thing.id)
    except (ConnectionGone, BucketReconnectNeeded):
        if is_new:  # the user has disconnected meanwhile, and nothing knows of this Thing
            with suppress(BucketError):
                await bucket.delete_thing(held, thing.id)
        raise


async def complete_home(bucket: BucketClient, tokens: TokenSource, connection: BucketConnection, thing_id: str) -> Home:
    """Make the Properties of the Thing that are missing, and note where everything is."""
    known = await on_database(known_properties)(connection)
    found = found_properties(await bucket.list_properties(tokens, thing_id), known)
    for kind in kinds_to_send(sends_start_point=connection.sends_start_point):
        if kind not in found:
            plan = PROPERTIES[kind]
            found[kind] = await bucket.find_or_make_property(tokens, thing_id, name=plan.name, type_id=plan.type_id)
    home = Home(thing_id, found)
    await on_database(note_home)(connection, home, known)
    return home


@dataclass(frozen=True, slots=True)
class HeldToken:
    """An access token that was read while the user was still connected."""

    text: str = field(repr=False)

    async def token(self) -> str:
        return self.text

    async def refused(self, token: str) -> None:
        """Do nothing: there is no other token."""


def to_adopt(things: Sequence[Thing]) -> Thing | None:
    """Return the oldest Thing that an earlier connection has made, unless its owner wants it to be deleted."""
    return oldest(thing for thing in own_things(things) if not is_to_be_deleted(thing.id))


def found_properties(there: Sequence[BucketProperty], known: dict[str, str]) -> dict[str, BucketProperty]:
    """Return the Properties by kind of value: each has the id that is known, or else the right name and type."""
    found = {}
    for kind, plan in PROPERTIES.items():
        same = (one for one in there if one.id == known.get(kind))
        named = (one for one in there if (one.name, one.type.id) == (plan.name, plan.type_id))
        if one := next(same, None) or oldest(named):
            found[kind] = one
    return found


def known_properties(connection: BucketConnection) -> dict[str, str]:
    """Return the ids of the Properties that were noted, by kind of value."""
    rows = SentProperty.objects.filter(connection=connection)
    return dict(rows.values_list("kind", "property_id"))


def note_home(connection: BucketConnection, home: Home, known: dict[str, str]) -> None:
    """Note the ids of the Thing and its Properties. Raise ConnectionGone if the connection was deleted meanwhile.

    If a Property is another one than before, for example because it was deleted at Bucket, everything is sent again.
    """
    with transaction.atomic():
        locked_connection(connection)
        now = {kind: found.id for kind, found in home.properties.items()}
        if any(now.get(kind) != before for kind, before in known.items()):
            SentActivity.objects.filter(connection=connection).update(digest="")
        if now != known:
            SentProperty.objects.filter(connection=connection).delete()
            rows = [SentProperty(connection=connection, kind=kind, property_id=pid) for kind, pid in now.items()]
            SentProperty.objects.bulk_create(rows)
        BucketConnection.objects.filter(pk=connection.pk).update(thing_id=home.thing_id)
        connection.thing_id = home.thing_id


def forget_home(connection: BucketConnection) -> None:
    """Forget the Thing and all that was sent to it: it was deleted, or the copies in it are left to the user."""
    with transaction.atomic():
        locked_connection(connection)
        SentProperty.objects.filter(connection=connection).delete()
        SentActivity.objects.filter(connection=connection).delete()
        BucketConnection.objects.filter(pk=connection.pk).update(thing_id="", sent_mark=0)
    connection.thing_id, connection.sent_mark = "", 0
