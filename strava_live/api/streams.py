"""Event streams of clubs and athletes."""

from ninja import Router

router = Router(tags=["Streams"])
