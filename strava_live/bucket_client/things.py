"""A person's Things and their properties: list, find, make and delete them."""

from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from strava_live.bucket_client.calls import BucketCalls, BucketScope, expect_nothing, reading
from strava_live.bucket_client.errors import (
    BucketAnswerNotUnderstood,
    BucketError,
    BucketNotAllowed,
    BucketPropertyNotFound,
    BucketRequestRefused,
)
from strava_live.bucket_client.making import make_once
from strava_live.bucket_client.payloads import ID, LONGEST_NAME, read_list, read_property, read_thing
from strava_live.bucket_client.rows import encode
from strava_live.bucket_client.shapes import BucketProperty, Thing
from strava_live.http.fields import text
from strava_live.http.tokens import TokenSource
from strava_live.http.transport import Request

Named = TypeVar("Named", bound=Thing | BucketProperty)

LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class BucketThings(BucketCalls):
    """The part of the client for Things and properties."""

    api_url: str

    async def list_things(self, tokens: TokenSource) -> list[Thing]:
        """Return the person's Things with their properties. The types of these have no dimensions here."""
        request = Request("GET", f"{self.api_url}/things")
        read = reading(lambda data: read_list(data, read_thing))
        return await self.call_for_person(tokens, request, scope=BucketScope.THINGS, read=read)

    async def get_thing(self, tokens: TokenSource, thing_id: str) -> Thing:
        """Return one Thing. Raise BucketNotAllowed if it is not there, or belongs to another person."""
        request = Request("GET", self.thing_url(thing_id))
        return await self.call_for_person(tokens, request, scope=BucketScope.THINGS, read=reading(read_thing))

    async def make_thing(self, tokens: TokenSource, *, name: str, type: str, description: str = "") -> Thing:  # noqa: A002 - Bucket's word
        """Make a Thing, even if there is one of this name. It is made once, also if Bucket's answer is lost.

        `description` of the returned Thing is what Bucket stores. It is empty if Bucket did not store it.
        """
        earlier = {thing.id for thing in await self.list_things(tokens)}
        body = encode({"name": checked_name(name), "type": type, "description": description})
        request = Request("POST", f"{self.api_url}/things", json=body)

        async def find() -> Thing | None:
            things = await self.list_things(tokens)
            return oldest(thing for thing in things if thing.id not in earlier and thing.name == name)

        made = await self.make(tokens, request, reading(read_thing), find)
        return await self.with_description(tokens, made, self.thing_url(made.id), description, scope=BucketScope.THINGS)

    async def delete_thing(self, tokens: TokenSource, thing_id: str) -> None:
        """Delete a Thing, its properties and their rows. (Bucket alone would keep the rows.)

        Raise BucketNotAllowed if the Thing is not there, or belongs to another person.
        """
        for found in await self.list_properties(tokens, thing_id):
            with suppress(BucketNotAllowed, BucketPropertyNotFound):  # deleted by another call meanwhile
                await self.delete_property(tokens, thing_id, found.id)
        request = Request("DELETE", self.thing_url(thing_id))
        await self.delete_for_person(tokens, request, scope=BucketScope.THINGS, missing=(BucketNotAllowed,))

    async def list_properties(self, tokens: TokenSource, thing_id: str) -> list[BucketProperty]:
        """Return the properties of a Thing, with the dimensions of their types."""
        request = Request("GET", f"{self.thing_url(thing_id)}/properties")
        read = reading(lambda data: read_list(data, lambda one: read_property(one, thing_id=thing_id)))
        return await self.call_for_person(tokens, request, scope=BucketScope.PROPERTIES, read=read)

    async def get_property(self, tokens: TokenSource, thing_id: str, property_id: str) -> BucketProperty:
        """Return one property. The dimensions of its type are in the order in which its rows are written."""
        request = Request("GET", self.property_url(thing_id, property_id))
        read = reading(lambda data: read_property(data, thing_id=thing_id))
        return await self.call_for_person(tokens, request, scope=BucketScope.PROPERTIES, read=read)

    async def make_property(
        self, tokens: TokenSource, thing_id: str, *, name: str, type_id: str, description: str = ""
    ) -> BucketProperty:
        """Make a property, even if there is one of this name. It is made once, also if Bucket's answer is lost.

        Raise BucketTypeUnknown if there is no such type.
        """
        earlier = {one.id for one in await self.list_properties(tokens, thing_id)}
        return await self.make_property_beside(
            tokens, thing_id, earlier, name=name, type_id=type_id, description=description
        )

    async def find_or_make_property(
        self, tokens: TokenSource, thing_id: str, *, name: str, type_id: str, description: str = ""
    ) -> BucketProperty:
        """Return the oldest property of this name and type. Make one if there is none."""
        there = await self.list_properties(tokens, thing_id)
        if found := oldest(one for one in there if (one.name, one.type.id) == (name, type_id)):
            return found
        earlier = {one.id for one in there}
        return await self.make_property_beside(
            tokens, thing_id, earlier, name=name, type_id=type_id, description=description
        )

    async def make_property_beside(
        self, tokens: TokenSource, thing_id: str, earlier: set[str], *, name: str, type_id: str, description: str
    ) -> BucketProperty:
        """Make a property. `earlier` has the ids of the properties that existed before."""
        fields = {"typeId": type_id, "name": checked_name(name)} | ({"description": description} if description else {})
        request = Request("POST", f"{self.thing_url(thing_id)}/properties", json=encode(fields))

        async def find() -> BucketProperty | None:
            there = await self.list_properties(tokens, thing_id)
            return oldest(one for one in there if one.id not in earlier and (one.name, one.type.id) == (name, type_id))

        made = await self.make(tokens, request, reading(lambda data: read_property(data, thing_id=thing_id)), find)
        if made.type.id != type_id:  # Bucket takes the first of all types if it does not understand typeId
            raise BucketAnswerNotUnderstood(f"a property of type {made.type.id} instead of {type_id}")
        url = self.property_url(thing_id, made.id)
        return await self.with_description(tokens, made, url, description, scope=BucketScope.PROPERTIES)

    async def delete_property(self, tokens: TokenSource, thing_id: str, property_id: str) -> None:
        """Delete a property and its rows. Raise BucketNotAllowed or BucketPropertyNotFound if it is not there."""
        request = Request("DELETE", self.property_url(thing_id, property_id))
        await self.delete_for_person(
            tokens, request, scope=BucketScope.PROPERTIES, missing=(BucketNotAllowed, BucketPropertyNotFound)
        )

    async def make(
        self,
        tokens: TokenSource,
        request: Request,
        read: Callable[[bytes], Named],
        find: Callable[[], Awaitable[Named | None]],
    ) -> Named:
        async def make() -> Named:
            return await self.call_once_for_person(tokens, request, scope=BucketScope.THINGS, read=read)

        return await make_once(make, find, retry=self.retry)

    async def with_description(
        self, tokens: TokenSource, made: Named, url: str, description: str, *, scope: BucketScope
    ) -> Named:
        """Return `made` with the description. Send the description again if Bucket has dropped it.

        Bucket's newest version drops the description of a new Thing, and keeps that of a change. A description that
        cannot be stored is left out: it must not look as if nothing was made.
        """
        if made.description or not description:
            return made
        request = Request("PATCH", url, json=encode({"description": description}))
        try:
            await self.call_for_person(tokens, request, scope=scope, read=expect_nothing)
        except BucketError:
            return made
        return replace(made, description=description)

    def thing_url(self, thing_id: str) -> str:
        return f"{self.api_url}/things/{checked_id(thing_id)}"

    def property_url(self, thing_id: str, property_id: str) -> str:
        return f"{self.thing_url(thing_id)}/properties/{checked_id(property_id)}"


def checked_id(value: str) -> str:
    """Return an id that is safe in an address. Raise BucketNotAllowed for others: Bucket has no such ids."""
    if not ID.fullmatch(value):
        raise BucketNotAllowed("an id that Bucket cannot have")
    return value


def checked_name(name: str) -> str:
    """Return the name if a Thing or property can be found again by it. Otherwise raise BucketRequestRefused."""
    if not name or text(name, LONGEST_NAME) != name:
        raise BucketRequestRefused("a name that is empty, too long, or has characters that cannot be stored")
    return name


def oldest(found: Iterable[Named]) -> Named | None:
    """Return the oldest, so that each process chooses the same if there are several; None if there is none."""
    return min(found, key=lambda one: (one.created_at or LAST, one.id), default=None)
