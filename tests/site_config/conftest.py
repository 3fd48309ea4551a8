"""The process that runs code with other settings."""

from collections.abc import Iterator

import pytest

from tests.site_config.forking_process import ForkingProcess


@pytest.fixture(scope="package")
def forking() -> Iterator[ForkingProcess]:
    with ForkingProcess() as process:
        yield process
