"""Ask /readyz of a running site."""

import json
import time
import urllib.error
import urllib.request
from typing import Any

from tests.patience import PATIENCE_S

Answer = tuple[int, dict[str, Any]]
READY: Answer = (200, {"status": "ok"})


def readyz(site: str) -> Answer:
    try:
        with urllib.request.urlopen(f"{site}/readyz", timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def wait_for_readyz(site: str, expected: Answer) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while (found := readyz(site)) != expected:
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
