"""The sentences of an import's preview: what a plan would do, and how dates were read."""

from strava_live.parkrun.importing.plan import ImportPlan
from strava_live.parkrun.pasted.dates import DateOrder
from strava_live.parkrun.pasted.words import DATE_ORDER_TEXTS


def preview_summary(plan: ImportPlan) -> str:
    """Return a sentence such as: Nothing is saved yet. 3 new, 2 to update, 1 we couldn't read."""
    counts = [
        (len(plan.updates), "to update"),
        (len(plan.conflicts), "different"),
        (plan.unchanged, "you already have"),
        (len(plan.faults), "we couldn't read"),
    ]
    parts = [f"{count} {what}" for count, what in counts if count]
    return f"Nothing is saved yet. {', '.join([f'{len(plan.new)} new' if plan.new else 'Nothing new', *parts])}."


def conflicts_text(plan: ImportPlan) -> str:
    count = len(plan.conflicts)
    have = "has" if count == 1 else "have"
    return f"{count} {have} a different time or position here. We keep yours unless you tick this."


def date_order_text(order: DateOrder) -> str:
    return f"Dates read as {DATE_ORDER_TEXTS[order]}."
