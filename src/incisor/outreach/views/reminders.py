"""What will be sent, and the rules behind it."""

from datetime import date, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.clinics.queries import procedures
from incisor.kernel import clock, htmx
from incisor.kernel.editing import refuse, saved, typed
from incisor.kernel.errors import ChangedMeanwhile, NotFound
from incisor.kernel.fields import as_uuid
from incisor.messaging.queries import public_address, sending_rules, texts_of
from incisor.messaging.rules import KNOWN
from incisor.messaging.services import TemplateRefused
from incisor.outreach import queries, services
from incisor.outreach.enums import AT_ONCE, Way, WhyNone
from incisor.outreach.forms import RuleForm
from incisor.outreach.models import ReminderRule
from incisor.outreach.rules.words import preview
from incisor.patients.queries import shown_name

# What a new message begins with: ready to save but for its name.
FRESH = {
    "channels": [Way.WECHAT, Way.SMS],
    "moment": "days_before",
    "amount": 3,
    "at_time": time(10),
    "is_active": True,
    "text_zh": "【{clinic}】{patient}您好，您约了{day}{time}{dentist}医生。确认、改期或取消请点{link}，或致电{phone}",
    "text_en": "{clinic}: {patient}, Dr {dentist} sees you {day} at {time}. To confirm, change or cancel: {link}. Phone {phone}",
}


@require_GET
@page(Permission.MESSAGE_SEE)
def planned(request: HttpRequest) -> HttpResponse:
    """Show what goes out on a day, tomorrow unless another is asked for."""
    return htmx.render(request, "outreach/planned.html", _planned(request), partial="day")


def _planned(request: HttpRequest) -> dict[str, Any]:
    clinic, at = request.clinic, clock.now()  # type: ignore[attr-defined]
    today = clock.local(at, clinic.zone).date()
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = today + timedelta(days=1)
    messages = queries.messages_of_day(clinic, day, at)
    words = queries.texts_of_messages(clinic, messages)
    rows = [
        {
            "message": one,
            "text": text,
            "way": Way(one.way).label if one.way else "",
            "why": WhyNone(one.why).label if one.why else "",
            "also": "?also=" + ",".join(str(other.pk) for other in one.notices[1:]) if len(one.notices) > 1 else "",
        }
        for one, text in zip(messages, words, strict=True)
    ]
    return {
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "today": today,
        "tomorrow": today + timedelta(days=1),
        "texts": [row for row in rows if row["message"].way and row["message"].way != Way.CALL],
        "calls": [row for row in rows if row["message"].way == Way.CALL],
        "nothing": [row for row in rows if not row["message"].way],
        "may_edit": may(request.user, Permission.MESSAGE_EDIT, clinic.pk),  # type: ignore[arg-type]
        "has_address": bool(public_address(clinic)),
        "hours": sending_rules(clinic),
        "language": queries.language_of_page(),
    }


@require_POST
@page(Permission.MESSAGE_EDIT)
def switch_off(request: HttpRequest, rule_id: Any) -> HttpResponse:
    """Keep one message from going out, with Undo."""
    clinic: Any = request.clinic  # type: ignore[attr-defined]
    rule = queries.reminder_rule(clinic, rule_id)
    wanted = [one for one in (as_uuid(text) for text in request.POST.getlist("appointment")) if one]
    found = queries.appointments_in(clinic, wanted)
    if len(found) < len(set(wanted)):
        raise NotFound()
    if not wanted:
        return HttpResponse(status=400)
    made = services.switch_off(
        by=request.user,  # type: ignore[arg-type]
        clinic=clinic,
        rule=rule,
        appointments=list(found.values()),
        at=clock.now(),
    )
    also = ",".join(str(one.pk) for one in made[1:])
    undo = reverse("outreach:notice-on", args=[made[0].pk]) + (f"?also={also}" if also else "")
    text = _("Not sent: %(patient)s.") % {"patient": ", ".join(shown_name(one.patient) for one in found.values())}
    return _after(request, text, undo_url=undo)


@require_POST
@page(Permission.MESSAGE_EDIT)
def switch_on(request: HttpRequest, notice_id: Any) -> HttpResponse:
    """Let a message that was switched off go out after all."""
    clinic: Any = request.clinic  # type: ignore[attr-defined]
    also = [one for one in request.GET.get("also", "").split(",") if one][:20]
    notices = [queries.notice(clinic, one) for one in (notice_id, *also)]
    services.switch_on_again(by=request.user, clinic=clinic, notices=notices, at=clock.now())  # type: ignore[arg-type]
    return _after(request, _("It goes out after all."))


def _after(request: HttpRequest, text: str, *, undo_url: str | None = None) -> HttpResponse:
    if not htmx.wants_fragment(request):
        day = request.POST.get("day", "")
        return saved(request, f"{reverse('outreach:planned')}?day={day}" if day else "outreach:planned", text)
    return htmx.trigger(htmx.toast(HttpResponse(status=204), text, undo_url=undo_url), "planned-changed")


@require_GET
@page(Permission.MESSAGE_SEE)
def rules(request: HttpRequest) -> HttpResponse:
    """Show which messages go with appointments."""
    clinic: Any = request.clinic  # type: ignore[attr-defined]
    names = {one.code: one for one in procedures(active_only=False)}
    is_english = queries.language_of_page() == "en"
    shown = []
    for row in queries.reminder_rules(clinic):
        chosen = [names[code] for code in row.procedures if code in names]
        shown.append(
            {
                "rule": row,
                "ways": [Way(way).label for way in row.channels if way in Way.values],
                "procedures": [one.name_en if is_english else one.name_zh for one in chosen],
                "is_at_once": row.moment in AT_ONCE,
            }
        )
    context = {
        "rules": shown,
        "may_edit": may(request.user, Permission.MESSAGE_EDIT, clinic.pk),  # type: ignore[arg-type]
        "has_address": bool(public_address(clinic)),
        "language": queries.language_of_page(),
    }
    return htmx.render(request, "outreach/rules.html", context)


@require_http_methods(["GET", "POST"])
@page(Permission.MESSAGE_EDIT)
def rule_new(request: HttpRequest) -> HttpResponse:
    """Add a message to those that go with appointments."""
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@page(Permission.MESSAGE_EDIT)
def rule(request: HttpRequest, rule_id: Any) -> HttpResponse:
    """Change a rule and its words."""
    return _edit(request, queries.reminder_rule(request.clinic, rule_id))  # type: ignore[attr-defined]


def _edit(request: HttpRequest, found: ReminderRule | None) -> HttpResponse:
    clinic: Any = request.clinic  # type: ignore[attr-defined]
    initial: dict[str, Any] = dict(FRESH)
    if found is not None:
        texts = texts_of(clinic, found.template_key)
        initial = {name: getattr(found, name) for name in RuleForm.base_fields if hasattr(found, name)}
        initial |= {"text_zh": texts["zh-hans"].body if "zh-hans" in texts else ""}
        initial |= {"text_en": texts["en"].body if "en" in texts else ""}
    form = RuleForm(typed(request), initial=initial)
    if form.is_bound and form.is_valid() and "preview" not in request.POST:
        values = dict(form.cleaned_data)
        texts = {"zh-hans": values.pop("text_zh"), "en": values.pop("text_en")}
        version = values.pop("version")
        given: dict[str, Any] = {
            "by": request.user,
            "clinic": clinic,
            "values": values,
            "texts": texts,
            "at": clock.now(),
        }
        try:
            if found is None:
                services.add_rule(**given)
            else:
                services.change_rule(rule=found, version=version or 0, **given)
        except TemplateRefused as refusal:
            form.add_error("text_zh", str(refusal))
        except (services.RuleRefused, ChangedMeanwhile) as refusal:
            refuse(form, refusal)
        else:
            return saved(request, "outreach:rules", _("Saved. From now on it goes by this."))
    at = clock.now()
    context = {
        "form": form,
        "rule": found,
        "back": reverse("outreach:rules"),
        "placeholders": sorted(KNOWN),
        "previews": [
            preview(
                form[name].value() or "",
                clinic=clinic.name,
                phone=clinic.phone,
                is_chinese=zh,
                today=clock.local(at, clinic.zone).date(),
            )
            for name, zh in (("text_zh", True), ("text_en", False))
        ],
    }
    status = 422 if form.is_bound and form.errors else 200
    return htmx.render(request, "outreach/rule.html", context, partial="form", status=status)
