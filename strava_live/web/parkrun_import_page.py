"""/parkruns/import/: paste or upload results, preview the import, confirm it. Nothing is saved before that."""

from typing import Any

from asgiref.sync import async_to_sync
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
from strava_live.parkrun.importing import (
    MOST_BYTES,
    TOO_LARGE,
    DraftGone,
    NotRead,
    Plan,
    current_draft,
    decoded,
    draft_from,
    either_of,
    misread_dates,
    plan_for,
)
from strava_live.parkrun.pasted.order import Order
from strava_live.parkrun.pasted.owner import Owner, doubt_about
from strava_live.parkrun.pasted.reading import TooMuch
from strava_live.parkrun.result_models import ImportDraft
from strava_live.sync.changes import announce_changes
from strava_live.sync.results import confirm_import
from strava_live.web.access import login_required_post, signed_in_user
from strava_live.web.parkrun_forms import PasteForm, today_of

ROWS_SHOWN = 100
CHOICE = "event-{}"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt  # in the middleware, which cannot read the token of a form that is too large. read_pasted checks it
def paste(request: HttpRequest) -> HttpResponse:
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
            draft_from(user.pk, pasted_text(form), today=today_of(user), now=timezone.now())
        except (NotRead, TooMuch) as error:
            form.add_error("file" if form.cleaned_data["file"] else "text", str(error))
        else:
            return redirect("preview_parkruns")
    waiting = current_draft(user.pk, now=timezone.now()) if request.method != "POST" else None
    page = {"form": form, "waiting": waiting}
    return render(request, "parkruns/import.html", page, status=422 if form.errors else 200)


def pasted_text(form: PasteForm) -> str:
    file = form.cleaned_data["file"]
    if file and file.size > MOST_BYTES:
        raise NotRead("That file is larger than 1 MB. Use one that has only your results.")
    text: str = decoded(file.read()) if file else form.cleaned_data["text"]
    return text


@login_required
@never_cache
@require_safe
def preview(request: HttpRequest) -> HttpResponse:
    draft = current_draft(signed_in_user(request).pk, now=timezone.now())
    if draft is None:
        return redirect("import_parkruns")
    order = order_of(request.GET.get("dates", ""))
    if order is None and (either := either_of(draft)):
        page = {"either": zip(Order, either, strict=True)}
        return render(request, "parkruns/dates.html", page)
    return render_preview(request, draft, plan_for(draft, order=order), order=order, status=200)


def order_of(written: str) -> Order | None:
    return Order(written) if written in tuple(Order) else None


def render_preview(
    request: HttpRequest, draft: ImportDraft, plan: Plan, *, order: Order | None, status: int, wrong: str = ""
) -> HttpResponse:
    groups = [("New", plan.new), ("Updates", plan.merged), ("Different from yours", plan.conflicts)]
    page: dict[str, Any] = {
        "draft": draft,
        "plan": plan,
        "groups": [(label, changes[:ROWS_SHOWN], len(changes)) for label, changes in groups if changes],
        "faults": plan.faults[:ROWS_SHOWN],
        "doubtful": [(CHOICE.format(number), one) for number, one in enumerate(plan.doubtful)][:ROWS_SHOWN],
        "doubt": doubt_of(signed_in_user(request), draft),
        "misread_dates": misread_dates(draft, order),
        "order": order,
        "wrong": wrong,
    }
    return render(request, "parkruns/preview.html", page, status=status)


def doubt_of(user: User, draft: ImportDraft) -> str:
    owner = Owner(tuple(draft.content["ids"]), tuple(draft.content["names"]))
    return doubt_about(owner, parkrun_id=user.parkrun_id, names=(user.display_name, user.username))


@login_required_post
def confirm(request: HttpRequest) -> HttpResponse:
    user, now = signed_in_user(request), timezone.now()
    draft = current_draft(user.pk, now=now)
    token = request.POST.get("token", "")
    if draft is None or draft.token != token:
        return draft_gone(request)
    order = order_of(request.POST.get("dates", ""))
    if order is None and either_of(draft):
        return redirect("preview_parkruns")
    plan = plan_for(draft, order=order)
    chosen = {one.name: request.POST.get(CHOICE.format(number), "") for number, one in enumerate(plan.doubtful)}
    if doubt_of(user, draft) and request.POST.get("mine") != "on":
        wrong = "Tick the box to say these results are yours, or cancel."
        plan = plan_for(draft, chosen=chosen, order=order)
        return render_preview(request, draft, plan, order=order, status=422, wrong=wrong)
    replacing = request.POST.get("replace") == "on"
    try:
        done, changes = confirm_import(user.pk, token, chosen=chosen, replacing=replacing, now=now, order=order)
    except DraftGone:
        return draft_gone(request)
    async_to_sync(announce_changes)(user.pk, changes)
    messages.success(request, f"Imported: {len(done.new):,} new, {len(done.merged) + len(done.conflicts):,} updated.")
    return redirect("parkruns")


def draft_gone(request: HttpRequest) -> HttpResponse:
    """Answer a confirmation of a draft that was imported already, was replaced, or is more than a day old."""
    messages.info(request, "Nothing to import: it was imported already, or it is more than a day old.")
    return redirect("parkruns")
