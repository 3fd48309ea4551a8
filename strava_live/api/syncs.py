"""An athlete's imports from Strava: list, start, read and cancel."""

from ninja import Router

router = Router(tags=["Imports"])
