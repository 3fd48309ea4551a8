"""What is stored at Bucket: people, types, Things, Properties, and their time series."""

import re
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from simulators.bucket.property_types import PropertyType, read_type, stock_types
from simulators.bucket.series import SeriesStore
from simulators.control import UnknownError

CAST = ("Priya Raman", "Tom Ashworth", "Ines Albrecht", "Callum Reid", "Aroha Ngata", "Sipho Dlamini")
"""The people that the sign-in page offers from the start."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person with an account at Bucket."""

    username: str
    name: str

    @property
    def id(self) -> str:
        return f"dcd:persons:{self.username}"

    @property
    def email(self) -> str:
        return f"{self.username}@example.org"


@dataclass(slots=True)
class Thing:
    """A Thing. Times are epoch seconds."""

    id: str
    name: str
    type: str
    person_id: str
    created: float
    updated: float
    description: str = ""


@dataclass(slots=True)
class Property:
    """A Property of a Thing."""

    id: str
    name: str
    description: str
    type_id: str
    thing_id: str
    created: float


@dataclass
class Store:
    """Everything that is stored. `changed` is called after each change."""

    clock: Callable[[], float] = time.time
    people: dict[str, Person] = field(default_factory=dict)
    types: dict[str, PropertyType] = field(default_factory=stock_types)
    things: dict[str, Thing] = field(default_factory=dict)
    properties: dict[str, Property] = field(default_factory=dict)
    series: SeriesStore = field(default_factory=SeriesStore)
    changed: Callable[[], None] = lambda: None

    def person(self, username: str) -> Person:
        if username not in self.people:
            raise UnknownError(f"there is no person {username}")
        return self.people[username]

    def person_named(self, name: str) -> Person:
        """Return the person of this name. Create an account if there is none."""
        name = " ".join(name.split())
        username = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or f"person-{uuid.uuid4().hex[:8]}"
        self.people.setdefault(username, Person(username, name))
        self.changed()
        return self.people[username]

    def things_of(self, person_id: str) -> list[Thing]:
        return [thing for thing in self.things.values() if thing.person_id == person_id]

    def properties_of(self, thing_id: str) -> list[Property]:
        return [one for one in self.properties.values() if one.thing_id == thing_id]

    def add_thing(self, person_id: str, *, name: str, kind: str, description: str = "") -> Thing:
        now = self.clock()
        thing = Thing(f"dcd:things:{uuid.uuid4()}", name, kind, person_id, now, now, description)
        self.things[thing.id] = thing
        self.changed()
        return thing

    def add_property(self, thing: Thing, kind: PropertyType, *, name: str, description: str) -> Property:
        made = Property(f"dcd:properties:{uuid.uuid4()}", name, description, kind.id, thing.id, self.clock())
        self.properties[made.id] = made
        self.changed()
        return made

    def delete_thing(self, thing: Thing) -> None:
        """Delete a Thing and its Properties. Their time series stay, as they do at Bucket."""
        for one in self.properties_of(thing.id):
            del self.properties[one.id]
        del self.things[thing.id]
        self.changed()

    def delete_property(self, one: Property) -> None:
        """Delete a Property and its time series."""
        self.series.delete(one.id)
        del self.properties[one.id]
        self.changed()

    def clear(self) -> None:
        """Delete all Things, Properties, time series, and types that clients have saved. People stay."""
        self.things.clear()
        self.properties.clear()
        self.series.clear()
        self.types = stock_types()
        self.changed()

    def orphans(self) -> Iterator[str]:
        """Yield the ids of deleted Properties whose time series still exist."""
        yield from (key for key in self.series.property_ids() if key not in self.properties)

    def to_json(self) -> dict[str, Any]:
        """Return the whole state as JSON, for `restore`."""
        return {
            "people": [asdict(one) for one in self.people.values()],
            "types": [one.to_json(one.dimensions) for one in self.types.values()],
            "things": [asdict(one) for one in self.things.values()],
            "properties": [asdict(one) for one in self.properties.values()],
            "series": self.series.to_json(),
        }

    def restore(self, written: dict[str, Any]) -> None:
        self.people = {one["username"]: Person(**one) for one in written["people"]}
        self.types = {one["id"]: read_type(one) for one in written["types"]}
        self.things = {one["id"]: Thing(**one) for one in written["things"]}
        self.properties = {one["id"]: Property(**one) for one in written["properties"]}
        self.series.restore(written["series"])


def utc_text(at: float) -> str:
    """Return a time as JavaScript writes it in JSON."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
