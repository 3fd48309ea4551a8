"""A person's clubs."""

from ninja import Router

router = Router(tags=["Clubs"])
