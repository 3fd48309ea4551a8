"""The cards of a person's Things on /bucket/."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django import forms
from django.urls import reverse

from strava_live.bucket.models import BucketConnection
from strava_live.bucket_client.shapes import Thing
from strava_live.web.bucket_words import type_name

UNNAMED = "Without a name"
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


def thing_cards(
    things: Iterable[Thing], connection: BucketConnection, form_for: Callable[[Thing], forms.Form]
) -> list[ThingCard]:
    """Return a card for each Thing: first the one that this site keeps, then the others, newest first."""

    def order(thing: Thing) -> tuple[bool, float, str]:
        created_at = thing.created_at or LONG_AGO
        return thing.id != connection.thing_id, -created_at.timestamp(), thing.id

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
        for thing in sorted(things, key=order)
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
