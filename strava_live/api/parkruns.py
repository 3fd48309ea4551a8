"""An athlete's parkruns: list, add, change and remove."""

from ninja import Router

router = Router(tags=["Parkruns"])
