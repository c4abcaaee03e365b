"""Blocked times of a day: enter one, change it, give its time back; skip one of every week on one day."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.kernel.clock import local, now
from incisor.kernel.editing import refuse
from incisor.kernel.errors import NotFound, Refused
from incisor.kernel.htmx import redirect, render, toast, trigger, wants_fragment
from incisor.scheduling import queries, services
from incisor.scheduling.forms import wall_time
from incisor.scheduling.forms.blocks import BlockForm, initial_block, initial_of_block
from incisor.scheduling.models import Block


@page(Permission.APPOINTMENT_BOOK)
@require_http_methods(["GET", "POST"])
def block_new(request: HttpRequest) -> HttpResponse:
    """Block a time of a dentist, a chair or all dentists."""
    at = now()
    starts_at = wall_time(request.GET.get("start", ""), request.clinic) or at
    initial = initial_block(request.clinic, starts_at, request.GET.get("who", ""))
    form = _form(request, initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = services.add_block(
                by=request.user, clinic=request.clinic, words=form.words(), starts_at=data["starts_at"],
                ends_at=data["ends_at"], at=at,
            )  # fmt: skip
        except Refused as refused:
            refuse(form, refused)
        else:
            return _blocked(request, made)
    status = 422 if request.method == "POST" else 200
    return render(request, "scheduling/block_new.html", {"form": form}, partial="panel", status=status)


def _form(request: HttpRequest, initial: dict[str, Any]) -> BlockForm:
    usual = queries.booking_rules(request.clinic).reserve_opens_minutes
    return BlockForm(request.POST or None, clinic=request.clinic, initial=initial, opens_minutes=usual)


def _blocked(request: HttpRequest, made: Block) -> HttpResponse:
    """Say it, and how many appointments stand in it, with the way to them."""
    text = _("Blocked: %(reason)s.") % {"reason": made.reason}
    hit = len(queries.affected_reasons(request.clinic, now()))
    if not hit:
        return _done(request, text, made.starts_at)
    words = ngettext(
        "%(count)s appointment no longer fits.", "%(count)s appointments no longer fit.", hit
    ) % {"count": hit}  # fmt: skip
    return _done(request, f"{text} {words}", made.starts_at, to_affected=True)


@page(Permission.APPOINTMENT_SEE)
@require_GET
def block(request: HttpRequest, block_id: str) -> HttpResponse:
    """Show a block, single or weekly. day: on which one of every week was looked at."""
    found, rule, day = _found(request, block_id)
    shown = found or rule
    context: dict[str, Any] = {
        "blocked": found,
        "rule": rule,
        "shown": shown,
        "day": day,
        "is_skipped": rule is not None and day is not None and day.isoformat() in rule.skipped,
        "only": queries.kind_words(shown.only),  # type: ignore[union-attr]
        "may_book": may(request.user, Permission.APPOINTMENT_BOOK, request.clinic.pk),  # type: ignore[arg-type]
        "may_edit": may(request.user, Permission.CLINIC_EDIT, request.clinic.pk),  # type: ignore[arg-type]
    }
    return render(request, "scheduling/block.html", context, partial="panel")


def _found(request: HttpRequest, block_id: str) -> tuple[Any, Any, date | None]:
    try:
        return queries.block(request.clinic, block_id), None, None
    except NotFound:
        rule = queries.block_rule(request.clinic, block_id)
    return None, rule, _day(request.GET.get("day", ""))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@page(Permission.APPOINTMENT_BOOK)
@require_http_methods(["GET", "POST"])
def block_edit(request: HttpRequest, block_id: str) -> HttpResponse:
    """Change a block of one day."""
    found = queries.block(request.clinic, block_id)
    form = _form(request, initial_of_block(request.clinic, found))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = services.change_block(
                by=request.user, block=found, version=data["version"] or found.version, words=form.words(),
                starts_at=data["starts_at"], ends_at=data["ends_at"], at=now(),
            )  # fmt: skip
        except Refused as refused:
            refuse(form, refused)
        else:
            return _blocked(request, made)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "changed": found}
    return render(request, "scheduling/block_new.html", context, partial="panel", status=status)


@page(Permission.APPOINTMENT_BOOK)
@require_POST
def block_remove(request: HttpRequest, block_id: str) -> HttpResponse:
    """Give the time of a block back, with Undo."""
    found = queries.block(request.clinic, block_id)
    services.remove_block(by=request.user, block=found, at=now())
    undo_url = reverse("scheduling:block-restore", args=[found.pk])
    return _done(request, _("The time is free again."), found.starts_at, undo_url=undo_url)


@page(Permission.APPOINTMENT_BOOK)
@require_POST
def block_restore(request: HttpRequest, block_id: str) -> HttpResponse:
    """Take the removal of a block back."""
    found = queries.block(request.clinic, block_id)
    services.restore_block(by=request.user, block=found, at=now())
    return _done(request, _("The block stands again."), found.starts_at)


@page(Permission.APPOINTMENT_BOOK)
@require_POST
def block_skip(request: HttpRequest, weekly_id: str) -> HttpResponse:
    """Give the time of a weekly block back on one day, or let it stand again."""
    rule, day = (
        queries.block_rule(request.clinic, weekly_id),
        _day(request.POST.get("day", "") or request.GET.get("day", "")),
    )
    if day is None:
        raise services.BlockMissing(_("This block does not stand on that day."))
    undo_url = f"{reverse('scheduling:block-skip', args=[rule.pk])}?day={day.isoformat()}"
    if day.isoformat() in rule.skipped:
        services.keep_block_rule(by=request.user, rule=rule, day=day, at=now())
        return _done(request, _("The block stands again."), day, undo_url=undo_url)
    services.skip_block_rule(by=request.user, rule=rule, day=day, at=now())
    return _done(request, _("The time is free on this day."), day, undo_url=undo_url)


def _done(
    request: HttpRequest, text: str, starts_at: Any, *, undo_url: str | None = None, to_affected: bool = False
) -> HttpResponse:
    if not wants_fragment(request):
        day = starts_at if isinstance(starts_at, date) and not hasattr(starts_at, "hour") else None
        day = day or local(starts_at, request.clinic.zone).date()
        if to_affected:
            return redirect(request, reverse("scheduling:affected"))
        return redirect(request, f"{reverse('scheduling:calendar')}?day={day.isoformat()}")
    response = toast(HttpResponse(status=204), text, "warning" if to_affected else "success", undo_url=undo_url)
    trigger(response, "calendar-changed")
    if to_affected:
        return trigger(response, "panel-open", {"url": reverse("scheduling:affected")})
    return trigger(response, "panel-close")
