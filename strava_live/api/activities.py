"""An athlete's activities: list, read, save and remove."""

from ninja import Router

router = Router(tags=["Activities"])
