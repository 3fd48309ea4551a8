"""Fill in forms as a browser does, with the hidden fields of their page."""

import re
from typing import Any

from django.test import Client

KEY_FIELD = re.compile(r'name="idempotency_key" value="([^"]*)"')


def keys_on(client: Client, page: str) -> list[str]:
    """Return the idempotency keys of a page's forms."""
    return KEY_FIELD.findall(client.get(page).content.decode())


def filled_in(client: Client, page: str, fields: dict[str, str]) -> dict[str, Any]:
    """Return the fields of a form with an idempotency key: that of the page's first form that has one."""
    return {**fields, "idempotency_key": keys_on(client, page)[0]}
