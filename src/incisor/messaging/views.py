"""Pages of messages: what was sent and will be, and the words."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.kernel import clock, exports, htmx
from incisor.kernel.editing import edit_page, refuse, saved, typed
from incisor.kernel.errors import ChangedMeanwhile
from incisor.messaging import queries, services
from incisor.messaging.enums import MessageStatus
from incisor.messaging.forms import SendingRulesForm, TemplateForm
from incisor.messaging.rules import KNOWN

PAGE_LENGTH = 50
COLUMNS = (
    exports.Column(gettext_lazy("Written at"), lambda row: row.created_at),
    exports.Column(gettext_lazy("Patient"), lambda row: row.patient.name if row.patient else ""),
    exports.Column(gettext_lazy("Channel"), lambda row: row.get_channel_display()),
    exports.Column(gettext_lazy("Subject"), lambda row: row.subject),
    exports.Column(gettext_lazy("Text"), lambda row: row.body),
    exports.Column(gettext_lazy("State"), lambda row: row.get_status_display()),
    exports.Column(gettext_lazy("Sent"), lambda row: row.sent_at),
    exports.Column(gettext_lazy("Problem"), lambda row: row.problem),
)


@require_GET
@page(Permission.MESSAGE_SEE)
def messages(request: HttpRequest) -> HttpResponseBase:
    """Show the outbox, newest first."""
    clinic, status = request.clinic, request.GET.get("status", "")  # type: ignore[attr-defined]
    if file_format := exports.wanted(request):
        rows = queries.messages(clinic, status=status).iterator(chunk_size=500)
        return exports.export(request, "messages", COLUMNS, rows, file_format)
    shown = Paginator(queries.messages(clinic, status=status), PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {
        "page": shown,
        "messages_shown": list(shown),
        "status": status,
        "statuses": MessageStatus.choices,
        "query": f"status={status}",
        "may_edit": may(request.user, Permission.MESSAGE_EDIT, clinic.pk),  # type: ignore[arg-type]
    }
    return htmx.render(request, "messaging/messages.html", context, partial="rows")


@require_POST
@page(Permission.MESSAGE_EDIT)
def cancel(request: HttpRequest, message_id: Any) -> HttpResponse:
    """Keep a waiting message back."""
    message = queries.message(request.clinic, message_id)  # type: ignore[attr-defined]
    services.cancel_message(by=request.user, message=message, at=clock.now())  # type: ignore[arg-type]
    return htmx.redirect(request, reverse("messaging:messages"))


@require_POST
@page(Permission.MESSAGE_EDIT)
def again(request: HttpRequest, message_id: Any) -> HttpResponse:
    """Try a failed message again."""
    message = queries.message(request.clinic, message_id)  # type: ignore[attr-defined]
    services.send_again(by=request.user, message=message, at=clock.now())  # type: ignore[arg-type]
    return htmx.redirect(request, reverse("messaging:messages"))


@require_GET
@page(Permission.MESSAGE_SEE)
def templates(request: HttpRequest) -> HttpResponse:
    """Show the words of all messages."""
    context = {
        "templates": queries.templates(request.clinic),  # type: ignore[attr-defined]
        "may_edit": may(request.user, Permission.MESSAGE_EDIT, request.clinic.pk),  # type: ignore[attr-defined,arg-type]
    }
    return htmx.render(request, "messaging/templates.html", context)


@require_http_methods(["GET", "POST"])
@page(Permission.MESSAGE_EDIT)
def template(request: HttpRequest, template_id: Any) -> HttpResponse:
    """Change the words of a message."""
    found = queries.template(request.clinic, template_id)  # type: ignore[attr-defined]
    initial = {name: getattr(found, name) for name in ("subject", "body", "is_active", "version")}
    form = TemplateForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.change_template(by=request.user, template=found, at=clock.now(), **form.cleaned_data)  # type: ignore[arg-type]
            except services.TemplateRefused as refusal:
                form.add_error("body", str(refusal))
            except ChangedMeanwhile as refusal:
                form.add_error(None, str(refusal))
                status = 409
            else:
                return htmx.toast(htmx.redirect(request, reverse("messaging:templates")), _("Saved."))
    context = {"form": form, "template": found, "placeholders": sorted(KNOWN)}
    return htmx.render(request, "messaging/template.html", context, partial="panel", status=status)


@require_http_methods(["GET", "POST"])
@page(Permission.MESSAGE_EDIT)
def sending_rules(request: HttpRequest) -> HttpResponse:
    """Change quiet hours, closed days and the address in links."""
    rules = queries.sending_rules(request.clinic)  # type: ignore[attr-defined]
    form = SendingRulesForm(
        typed(request), initial={name: getattr(rules, name) for name in SendingRulesForm.base_fields}
    )
    if form.is_bound and form.is_valid():
        try:
            services.change_sending_rules(
                by=request.user,  # type: ignore[arg-type]
                clinic=request.clinic,  # type: ignore[attr-defined]
                at=clock.now(),
                **form.cleaned_data,
            )
        except ChangedMeanwhile as refusal:
            refuse(form, refusal)
        else:
            return saved(request, "messaging:messages", _("Saved."))
    return edit_page(request, form, heading=_("When messages go out"), back=reverse("messaging:messages"))
