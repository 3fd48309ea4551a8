"""What bin/test has started for a test."""

import os

import pytest


def started(variable: str, service: str) -> str:
    """Return what bin/test says about a service in `variable`, such as its URL. Skip the test if it is not set."""
    if variable not in os.environ:
        pytest.skip(f"needs {service}: run bin/test, which starts it")
    return os.environ[variable]
