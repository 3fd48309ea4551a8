"""Fixtures of the access table."""

from tests.hub.conftest import layer

__all__ = ["layer"]
