"""What the screens of the waiting room show: notices by the desk, rooms and voice by who sets up the clinic."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.clinics.enums import DeviceKind
from incisor.clinics.hooks import settings_tabs_of
from incisor.clinics.queries import device as device_by_id
from incisor.clinics.queries import devices
from incisor.clinics.services import change_device
from incisor.kernel.clock import now
from incisor.kernel.editing import edit_page, refuse, saved, typed
from incisor.kernel.errors import NotFound, Refused
from incisor.kernel.htmx import redirect, render
from incisor.reception import queries, services
from incisor.reception.forms import NoticeForm, ScreenForm
from incisor.reception.rules.screen import options_of

OR_MANAGER = (Permission.CLINIC_EDIT,)
HERE = "reception:screens"


@require_GET
@page(Permission.RECEPTION_WORK, or_else=OR_MANAGER)
def screens(request: HttpRequest) -> HttpResponse:
    """Show the notices, and the screens to who may set them up."""
    clinic = request.clinic  # type: ignore[attr-defined]
    at = now()
    may_set_up = may(request.user, Permission.CLINIC_EDIT, clinic.pk)  # type: ignore[arg-type]
    known = {str(room.pk): room.name for room in queries.rooms_of_screens(clinic)} if may_set_up else {}
    shown = [
        {"device": one, "options": options_of(one.options), "rooms": _names(options_of(one.options).rooms, known)}
        for one in (queries.screens_of(devices(clinic)) if may_set_up else [])
    ]
    context = {
        "tabs": settings_tabs_of(request, HERE),
        "may_set_up": may_set_up,
        "screens": shown,
        "notices": queries.notices(clinic, at=at),
        "rules": queries.flow_rules(clinic),
        "at": at,
    }
    return render(request, "reception/screen_settings.html", context)


def _names(chosen: frozenset[str], known: dict[str, str]) -> list[str]:
    return [name for key, name in known.items() if key in chosen]


@page(Permission.CLINIC_EDIT)
def screen_edit(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """Choose what one screen shows and says."""
    clinic = request.clinic  # type: ignore[attr-defined]
    device = device_by_id(clinic, device_id)
    if device.kind != DeviceKind.SCREEN:
        raise NotFound()
    form = ScreenForm(typed(request), clinic=clinic, device=device)
    if request.method == "POST" and form.is_valid():
        try:
            change_device(
                by=request.user, device=device, version=form.cleaned_data["version"], name=form.cleaned_data["name"],  # type: ignore[arg-type]
                options=form.options(), at=now(),
            )  # fmt: skip
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved(request, HERE, _("Saved. The screen follows within a few seconds."))
    heading = _("What “%(name)s” shows") % {"name": device.name}
    return edit_page(request, form, heading=heading, back=reverse(HERE))


@page(Permission.RECEPTION_WORK, or_else=OR_MANAGER)
def notice_new(request: HttpRequest) -> HttpResponse:
    """Put a notice on the screens."""
    form = NoticeForm(typed(request))
    if request.method == "POST" and form.is_valid():
        chosen = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        try:
            services.add_notice(by=request.user, clinic=request.clinic, at=now(), **chosen)  # type: ignore[arg-type,attr-defined]
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved(request, HERE, _("The notice is on the screens."))
    return edit_page(request, form, heading=_("New notice"), back=reverse(HERE), save_label=_("Show it"))


@page(Permission.RECEPTION_WORK, or_else=OR_MANAGER)
def notice_edit(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Change a notice."""
    notice = queries.notice(request.clinic, notice_id)  # type: ignore[attr-defined]
    names = ("text_zh", "text_en", "is_urgent", "starts_at", "ends_at", "version")
    form = NoticeForm(typed(request), initial={name: getattr(notice, name) for name in names})
    if request.method == "POST" and form.is_valid():
        chosen = dict(form.cleaned_data)
        try:
            services.change_notice(
                by=request.user, notice=notice, at=now(), **{**chosen, "version": chosen["version"] or notice.version}  # type: ignore[arg-type]
            )  # fmt: skip
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved(request, HERE, _("Saved. The screens follow within a few seconds."))
    return edit_page(request, form, heading=_("Change the notice"), back=reverse(HERE))


@require_POST
@page(Permission.RECEPTION_WORK, or_else=OR_MANAGER)
def notice_remove(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Take a notice off the screens; it can be brought back for ten seconds, and after that from nowhere."""
    notice = queries.notice(request.clinic, notice_id)  # type: ignore[attr-defined]
    services.remove_notice(by=request.user, notice=notice, at=now())  # type: ignore[arg-type]
    back = reverse("reception:notice-restore", args=[notice.pk])
    messages.success(request, _("The notice is taken away."), extra_tags=back)
    return redirect(request, reverse(HERE))


@require_POST
@page(Permission.RECEPTION_WORK, or_else=OR_MANAGER)
def notice_restore(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Bring back a notice that was taken away."""
    notice = queries.notice(request.clinic, notice_id)  # type: ignore[attr-defined]
    services.restore_notice(by=request.user, notice=notice, at=now())  # type: ignore[arg-type]
    return saved(request, HERE, _("The notice is on the screens again."))
