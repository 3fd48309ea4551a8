"""The JSON of Things and Properties. A list of Things shows the types of Properties without their dimensions."""

from typing import Any

from simulators.bucket.property_types import Dimension
from simulators.bucket.store import Property, Store, Thing, utc_text


def thing_json(store: Store, thing: Thing, *, with_dimensions: bool) -> dict[str, Any]:
    properties = [
        _own_members(one) | {"type": _type_json(store, one, with_dimensions=with_dimensions)}
        for one in store.properties_of(thing.id)
    ]
    return thing_members(thing) | {"properties": properties}


def thing_members(thing: Thing) -> dict[str, Any]:
    """Return the members of a Thing without its Properties."""
    return {
        "id": thing.id,
        "name": thing.name,
        "description": thing.description,
        "type": thing.type,
        "personId": thing.person_id,
        "createdAt": utc_text(thing.created),
        "updatedAt": utc_text(thing.updated),
        "pem": "",
    }


def property_json(store: Store, one: Property, dimensions: tuple[Dimension, ...] | None = None) -> dict[str, Any]:
    """Return a Property with its Thing and its type, whose dimensions are `dimensions` or those of its definition."""
    kind = store.types[one.type_id]
    members = {"type": kind.to_json(kind.dimensions if dimensions is None else dimensions)}
    return _own_members(one) | members | {"thing": thing_members(store.things[one.thing_id])}


def _own_members(one: Property) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "description": one.description,
        "createdAt": utc_text(one.created),
    }


def _type_json(store: Store, one: Property, *, with_dimensions: bool) -> dict[str, Any]:
    kind = store.types[one.type_id]
    return kind.to_json(kind.dimensions if with_dimensions else None)
