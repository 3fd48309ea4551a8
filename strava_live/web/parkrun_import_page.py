"""/parkruns/import/: paste or upload results, preview them, confirm. Before the confirmation only a draft is stored."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from strava_live.accounts.models import User
from strava_live.parkrun.importing.drafts import (
    MOST_BYTES,
    TOO_LARGE,
    ambiguous_date,
    create_draft,
    current_draft,
    dates_look_wrong,
    decode_file,
    draft_owner,
)
from strava_live.parkrun.importing.plan import DraftGone, ImportChoices, ImportPlan, plan_import
from strava_live.parkrun.importing.words import conflicts_text, date_order_text, preview_summary
from strava_live.parkrun.pasted.dates import DateOrder
from strava_live.parkrun.pasted.faults import UnusablePaste
from strava_live.parkrun.pasted.owner import ownership_question
from strava_live.parkrun.pasted.words import fault_text
from strava_live.parkrun.result_models import ImportDraft
from strava_live.sync.results_by_hand import confirm_import
from strava_live.time_zones import today_in
from strava_live.web.access import login_required_post, signed_in_user
from strava_live.web.parkrun_forms import PasteForm

ROWS_SHOWN = 100
EVENT_FIELD = "event-{}"
"""The name of a field in the preview's form: the event that a pasted name means. {} is the number of the name."""


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt  # read_pasted checks the token. The middleware would read the form first, and fail if it is too large.
def paste(request: HttpRequest) -> HttpResponse:
    """Show the form, or store a draft of what was pasted and redirect to its preview."""
    try:
        request.POST.keys()
    except RequestDataTooBig:
        form = PasteForm({}, refused=TOO_LARGE)
        return render(request, "parkruns/import.html", {"form": form}, status=422)
    return read_pasted(request)


@csrf_protect
def read_pasted(request: HttpRequest) -> HttpResponse:
    user = signed_in_user(request)
    form = PasteForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            create_draft(user.pk, pasted_text(form), today=today_in(user.time_zone), now=timezone.now())
        except UnusablePaste as error:
            form.add_error("file" if form.cleaned_data["file"] else "text", str(error))
        else:
            return redirect("preview_parkruns")
    waiting = current_draft(user.pk, now=timezone.now()) if request.method != "POST" else None
    page = {"form": form, "waiting": waiting}
    return render(request, "parkruns/import.html", page, status=422 if form.errors else 200)


def pasted_text(form: PasteForm) -> str:
    file = form.cleaned_data["file"]
    if file and file.size > MOST_BYTES:
        raise UnusablePaste("That file is larger than 1 MB. Use one that has only your results.")
    text: str = decode_file(file.read()) if file else form.cleaned_data["text"]
    return text


@login_required
@never_cache
@require_safe
def preview(request: HttpRequest) -> HttpResponse:
    """Show what the draft's results would add and change, or ask how its dates are to be read."""
    draft = current_draft(signed_in_user(request).pk, now=timezone.now())
    if draft is None:
        messages.info(request, "Your preview has expired. Please paste your results again.")
        return redirect("import_parkruns")
    order = parse_date_order(request.GET.get("dates", ""))
    if order is None and (both := ambiguous_date(draft)):
        return render(request, "parkruns/dates.html", {"both": zip(DateOrder, both, strict=True)})
    choices = ImportChoices(date_order=order)
    return render_preview(request, draft, plan_import(draft, choices), choices)


def parse_date_order(written: str) -> DateOrder | None:
    return DateOrder(written) if written in tuple(DateOrder) else None


def render_preview(
    request: HttpRequest, draft: ImportDraft, plan: ImportPlan, choices: ImportChoices, *, error: str = ""
) -> HttpResponse:
    order = choices.date_order
    groups = [("New", plan.new), ("Updates", plan.updates), ("Different from yours", plan.conflicts)]
    unclear = [(EVENT_FIELD.format(number), one) for number, one in enumerate(plan.unclear_events)]
    page: dict[str, Any] = {
        "draft": draft,
        "plan": plan,
        "summary": preview_summary(plan),
        "groups": [(label, results[:ROWS_SHOWN], len(results)) for label, results in groups if results],
        "faults": [(fault, fault_text(fault.code, fault.params)) for fault in plan.faults[:ROWS_SHOWN]],
        "conflicts": conflicts_text(plan) if plan.conflicts else "",
        "unclear_events": unclear[:ROWS_SHOWN],
        "ownership": question_to(signed_in_user(request), draft),
        "dates_look_wrong": dates_look_wrong(draft, order),
        "order": order,
        "order_text": date_order_text(order) if order else "",
        "error": error,
    }
    return render(request, "parkruns/preview.html", page, status=422 if error else 200)


def question_to(user: User, draft: ImportDraft) -> str:
    """Return the question whether the results are the athlete's own; "" if there is no doubt."""
    names = (user.display_name, user.username)
    return ownership_question(draft_owner(draft), parkrun_id=user.parkrun_id, names=names)


@login_required_post
def confirm(request: HttpRequest) -> HttpResponse:
    """Save the results of the draft that was previewed."""
    user, now = signed_in_user(request), timezone.now()
    draft = current_draft(user.pk, now=now)
    token = request.POST.get("token", "")
    if draft is None or draft.token != token:
        return draft_gone(request)
    order = parse_date_order(request.POST.get("dates", ""))
    if order is None and ambiguous_date(draft):
        return redirect("preview_parkruns")
    choices = choices_from(request, draft, order)
    if question_to(user, draft) and request.POST.get("mine") != "on":
        error = "Tick the box to say these results are yours, or cancel."
        return render_preview(request, draft, plan_import(draft, choices), choices, error=error)
    try:
        done = confirm_import(user.pk, token, choices, now=now)
    except DraftGone:
        return draft_gone(request)
    messages.success(request, f"Imported: {len(done.new):,} new, {len(done.updates) + len(done.conflicts):,} updated.")
    return redirect("parkruns")


def choices_from(request: HttpRequest, draft: ImportDraft, order: DateOrder | None) -> ImportChoices:
    """Return the choices made in the preview's form.

    The form's fields `event-0`, `event-1` … have the events for the plan's `unclear_events`, in the same order.
    """
    unclear = plan_import(draft, ImportChoices(date_order=order)).unclear_events
    events = {one.name: request.POST.get(EVENT_FIELD.format(number), "") for number, one in enumerate(unclear)}
    return ImportChoices(events, overwrite=request.POST.get("replace") == "on", date_order=order)


def draft_gone(request: HttpRequest) -> HttpResponse:
    """Redirect after a person has confirmed a draft that was already imported, was replaced, or has expired."""
    messages.info(request, "Nothing to import: it was imported already, or the preview has expired.")
    return redirect("parkruns")
