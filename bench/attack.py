"""Start a site, attack it, and print a line for each attack: `bin/bench attack`.

python -m bench.attack              everything
python -m bench.attack head drips   only these
"""

import sys
import time
from collections.abc import Callable

from bench.attacks import forms, http, keys, sockets
from bench.attacks.target import Target, must, target
from bench.record import Record

ATTACKS: dict[str, Callable[[Target], str]] = {
    "head": http.head,
    "next": http.malformed_next,
    "lengths": http.absurd_lengths,
    "bodies": http.huge_bodies,
    "drips": http.drips,
    "frames": sockets.frames,
    "cycles": sockets.start_and_cancel,
    "limits": forms.limits,
    "submits": forms.equal_submits,
    "keys": keys.lost_keys,
}


def main(names: list[str]) -> int:
    if unknown := set(names) - set(ATTACKS):
        sys.exit(f"{', '.join(sorted(unknown))}: unknown; the attacks are {', '.join(ATTACKS)}.")
    record = Record("attack")
    with target() as attacked:
        for name in names or ATTACKS:
            record.goal(f"{name}, attacks that succeeded", not site_resists(name, attacked), 0)
    return record.finish()


def site_resists(name: str, attacked: Target) -> bool:
    """Try one attack, check that the site still answers, and print a line."""
    began = time.monotonic()
    try:
        what = ATTACKS[name](attacked)
        with attacked.browser() as browser:
            must(browser.get("/readyz").status_code == 200, "the site is not ready afterwards")
    except Exception as error:  # an attack that fails in any way must not stop the next one
        print(f"{name}: MISSED: {reason(error)}", flush=True)
        return False
    print(f"{name}: {what}; reached ({time.monotonic() - began:.0f} s)", flush=True)
    return True


def reason(error: BaseException) -> str:
    """Describe an error, or the first error of a group."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"[:500]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
