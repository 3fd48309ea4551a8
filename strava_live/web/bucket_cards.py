"""The cards of a person's Things on /bucket/."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django import forms
from django.urls import reverse

from strava_live.bucket.models import BucketConnection
from strava_live.bucket_client.shapes import Thing
from strava_live.web.bucket_words import type_name

UNNAMED = "Without a name"
THINGS_SHOWN = 100
"""The most Things that the page shows. Each has a form with all types."""
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PropertyLink:
    name: str
    type: str
    address: str


@dataclass(frozen=True, slots=True)
class ThingCard:
    id: str
    name: str
    type: str
    description: str
    is_ours: bool
    """Whether this is the Thing to which the person's activities are sent."""
    properties: list[PropertyLink]
    form: forms.Form
    """The form for a new Property of this Thing."""


def things_to_show(things: Iterable[Thing], first: Sequence[str]) -> list[Thing]:
    """Return at most THINGS_SHOWN Things: those with the ids in `first`, in this order, then the others, newest first.

    Ids of Things that do not exist are ignored.
    """

    def order(thing: Thing) -> tuple[int, float, str]:
        created_at = thing.created_at or LONG_AGO
        return first.index(thing.id) if thing.id in first else len(first), -created_at.timestamp(), thing.id

    return sorted(things, key=order)[:THINGS_SHOWN]


def thing_cards(
    things: Iterable[Thing], connection: BucketConnection, form_for: Callable[[Thing], forms.Form]
) -> list[ThingCard]:
    """Return a card for each Thing."""
    return [
        ThingCard(
            id=thing.id,
            name=thing.name or UNNAMED,
            type=thing.type,
            description=thing.description,
            is_ours=thing.id == connection.thing_id,
            properties=property_links(thing),
            form=form_for(thing),
        )
        for thing in things
    ]


def property_links(thing: Thing) -> list[PropertyLink]:
    """Return a link to each Property, by name."""
    links = [
        PropertyLink(
            name=one.name or type_name(one.type.id),
            type=type_name(one.type.id or one.type.name),
            address=reverse("bucket_property", args=[thing.id, one.id]),
        )
        for one in thing.properties
    ]
    return sorted(links, key=lambda link: link.name.casefold())
