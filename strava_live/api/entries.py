"""A club's entries and cheers for them."""

from ninja import Router

router = Router(tags=["Entries"])
