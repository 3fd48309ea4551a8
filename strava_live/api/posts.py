"""Posts in a club's feed: create and delete."""

from ninja import Router

router = Router(tags=["Posts"])
