"""parkrun events near a place or by name."""

from ninja import Router

router = Router(tags=["Events"])
