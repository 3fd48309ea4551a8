"""The part of a control page that lists the faults that are switched on, and switches on others."""

from collections.abc import Iterable
from html import escape

from simulators.faults import API, EVERYWHERE, Fault, FaultBook
from simulators.forms import form, options

LABELS = {
    "calls": "for calls",
    "seconds": "for seconds",
    "ms": "ms",
    "bytes": "bytes",
    "items": "items",
    "status": "status",
    "retry_after": "Retry-After",
}
"""The words before each field of the form."""
ALWAYS = ("calls", "seconds", "ms", "bytes")
"""The fields that every stand-in has."""


def fault_section(faults: FaultBook, kinds: Iterable[str], endpoints: Iterable[str], *fields: str) -> str:
    """Return the list and the form. `fields` are the form's fields besides `ALWAYS`."""
    on = "".join(
        f'<div class="row"><span>{escape(fault_in_words(fault))}</span>'
        f"{form('faults/clear', '<button>Off</button>', id=fault.id)}</div>"
        for fault in faults.active()
    )
    where = {EVERYWHERE: "everywhere", API: "all of the API", **{name: name for name in endpoints}}
    inputs = "".join(
        f'<label class="small">{LABELS[name]}<input name="{name}" size="6" inputmode="decimal"></label>'
        for name in (*ALWAYS, *fields)
    )
    return on + form(
        "faults",
        f'<select name="kind" aria-label="Fault">{options({kind: kind for kind in kinds}, "")}</select>'
        f'<select name="endpoint" aria-label="Endpoint">{options(where, "")}</select>{inputs}'
        '<button class="main">On</button>',
    )


def fault_in_words(fault: Fault) -> str:
    left = [f"{fault.calls} calls left"] if fault.calls is not None else []
    return " · ".join([fault.kind, fault.endpoint, *left, f"met {fault.met} times"])
