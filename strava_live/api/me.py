"""The signed-in person and their marks."""

from ninja import Router

router = Router(tags=["Me"])
