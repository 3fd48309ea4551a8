"""What the whole REST API shares: its addresses, the size of a page, and the base of request bodies."""

from pydantic import BaseModel, ConfigDict

ROOT = "/api/"
V1 = "/api/v1/"
DOCS = "/api/docs"
PAGE_SIZE = 50
"""The most items on a page of a list."""


class ApiBody(BaseModel):
    """Base of request bodies. No value is converted to another type, and fields that a body does not declare are
    ignored."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", use_attribute_docstrings=True)
