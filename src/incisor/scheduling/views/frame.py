"""What every view of the calendar shares: which day, what is wanted, the tabs, the filter, how the person likes it."""

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from incisor.accounts.access import grants_of, may
from incisor.accounts.enums import Permission
from incisor.clinics.enums import Specialty
from incisor.clinics.models import Clinic
from incisor.clinics.queries import chairs as chairs_of
from incisor.clinics.queries import procedures as procedures_of
from incisor.kernel.clock import now
from incisor.scheduling import queries
from incisor.scheduling.enums import AppointmentStatus, BookingChannel, ColoursBy
from incisor.scheduling.forms import day_from
from incisor.scheduling.models import Appointment
from incisor.scheduling.rules import ZOOMS, CardFilter
from incisor.staff.queries import dentists as dentists_of

VIEWS = ("day", "week", "month", "agenda", "list")
SHOWN_STATUSES = [one for one in AppointmentStatus if one is not AppointmentStatus.RESCHEDULED]


@dataclass(frozen=True)
class Asked:
    """What the address asks for, with today's day view by dentist as the beginning."""

    at: datetime
    today: date
    day: date
    view: str
    by: str
    one: str
    days: int
    wanted: CardFilter

    @property
    def first(self) -> date:
        """The first day shown."""
        if self.view == "week":
            return self.day - timedelta(days=self.day.weekday())
        return self.day.replace(day=1) if self.view == "month" else self.day

    @property
    def last(self) -> date:
        """The last day shown."""
        if self.view == "week":
            return self.first + timedelta(days=6)
        if self.view == "month":
            return (self.first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        return self.day + timedelta(days=self.days - 1) if self.view == "agenda" else self.day

    @property
    def before(self) -> date:
        """The day of the address of what comes before."""
        return self.first - timedelta(days=1 if self.view == "month" else (self.last - self.first).days + 1)

    @property
    def after(self) -> date:
        """The day of the address of what comes after."""
        return self.last + timedelta(days=1)

    def query(self, **over: Any) -> str:
        """Return the address of the same with something else."""
        values: dict[str, Any] = {"day": self.day.isoformat(), "view": self.view, "by": self.by, "one": self.one}
        values["days"] = self.days if self.days > 1 else None
        values |= {field.name: sorted(getattr(self.wanted, field.name)) for field in fields(self.wanted)}
        values.update(over)
        return urlencode({key: value for key, value in values.items() if value}, doseq=True)

    def url(self, **over: Any) -> str:
        """Return the calendar's address with something else."""
        return f"{reverse('scheduling:calendar')}?{self.query(**over)}"


def wanted_of(request: HttpRequest) -> CardFilter:
    """Return what the address filters by."""
    return CardFilter(
        **{field.name: frozenset(filter(None, request.GET.getlist(field.name))) for field in fields(CardFilter)}
    )


def asked_of(request: HttpRequest) -> Asked:
    """Return what the address asks for."""
    at = now()
    today = queries.day_of(request.clinic, at)
    view = request.GET.get("view", "day")
    days = request.GET.get("days", "")
    return Asked(
        at=at,
        today=today,
        day=day_from(request.GET.get("day", ""), today),
        view=view if view in VIEWS else "day",
        by="chair" if request.GET.get("by") == "chair" else "dentist",
        one=request.GET.get("one", ""),
        days=int(days) if days in {"7", "14"} else 1,
        wanted=wanted_of(request),
    )


def columns_of(clinic: Clinic, by: str, wanted: CardFilter) -> list[Any]:
    """Return the chairs, or the dentists that the filter lets through."""
    if by == "chair":
        return list(chairs_of(clinic))
    return [row for row in dentists_of(clinic) if wanted.wants_dentist(row.pk, row.specialties)]


def seen_clinics(request: HttpRequest) -> list[Clinic]:
    """Return the clinics whose appointments the person may see."""
    held = grants_of(request.user)  # type: ignore[arg-type]
    everywhere = held.get(None, frozenset())
    return [
        row
        for row in getattr(request, "clinics", [])
        if Permission.APPOINTMENT_SEE in everywhere | held.get(row.pk, frozenset())
    ]


def is_chinese() -> bool:
    """Tell whether the reader reads Chinese."""
    return (get_language() or "").startswith("zh")


def frame(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """Return what the head of every view of the calendar shows."""
    names = {
        "day": pgettext("calendar view", "Day"),
        "week": _("Week"),
        "month": pgettext("calendar view", "Month"),
        "agenda": pgettext("calendar view", "Agenda"),
        "list": pgettext("calendar view", "By dentist, with gaps"),
    }
    tabs = [
        {"label": label, "url": asked.url(view=name), "active": name == asked.view} for name, label in names.items()
    ]
    if len(seen_clinics(request)) > 1:
        url = f"{reverse('scheduling:calendar-clinics')}?day={asked.day.isoformat()}"
        tabs.append({"label": _("All clinics"), "url": url, "active": False})
    return {
        "asked": asked,
        "day": asked.day,
        "today": asked.today,
        "view": asked.view,
        "by": asked.by,
        "first": asked.first,
        "last": asked.last,
        "url_before": asked.url(day=asked.before.isoformat()),
        "url_after": asked.url(day=asked.after.isoformat()),
        "url_today": asked.url(day=asked.today.isoformat()),
        "url_here": asked.url(),
        "tabs": tabs,
        "by_tabs": [
            {"label": label, "url": asked.url(by=name, one=None), "active": name == asked.by}
            for name, label in (("dentist", _("By dentist")), ("chair", _("By chair")))
        ],
        "filters": filters_of(request.clinic, asked),
        "may_book": may(request.user, Permission.APPOINTMENT_BOOK, request.clinic.pk),  # type: ignore[arg-type]
    }


def filters_of(clinic: Clinic, asked: Asked) -> dict[str, Any]:
    """Return the filter's choices, and those made with the way to take each back."""
    dentists = dentists_of(clinic)
    used = {one for row in dentists for one in row.specialties}
    choices: dict[str, tuple[str, list[tuple[str, Any]]]] = {
        "dentist": (_("Dentist"), [(str(row.pk), row.name) for row in dentists]),
        "specialty": (_("Specialty"), [(one.value, one.label) for one in Specialty if one.value in used]),
        "status": (_("Status"), [(one.value, one.label) for one in SHOWN_STATUSES]),
        "procedure": (
            _("Treatment"),
            [(str(row.pk), (row.short_zh or row.name_zh) if is_chinese() else row.name_en) for row in procedures_of()],
        ),
        "channel": (_("Channel"), [(one.value, one.label) for one in BookingChannel]),
    }
    groups, chips = [], []
    for name, (label, options) in choices.items():
        chosen = getattr(asked.wanted, name)
        groups.append(
            {
                "name": name,
                "label": label,
                "options": [{"value": value, "label": words, "is_on": value in chosen} for value, words in options],
            }
        )
        chips += [
            {"label": words, "url": asked.url(**{name: sorted(chosen - {value})})}
            for value, words in options
            if value in chosen
        ]
    nothing = {field.name: None for field in fields(CardFilter)}
    hidden = {"view": asked.view, "by": asked.by, "day": asked.day.isoformat(), "one": asked.one}
    return {
        "groups": groups,
        "chips": chips,
        "url_all": asked.url(**nothing),
        "hidden": [(key, value) for key, value in hidden.items() if value],
    }


def look_of(request: HttpRequest) -> dict[str, Any]:
    """Return how the person likes the calendar, for the buttons and the script."""
    look = queries.look_of(request.user)  # type: ignore[arg-type]
    return {
        "look": look,
        "zooms": [{"minutes": one, "is_on": one == look.zoom_minutes} for one in ZOOMS],
        "colours": [
            {"value": value, "label": label, "is_on": value == look.colours_by} for value, label in ColoursBy.choices
        ],
        "kinds": [{"value": one.value.replace("_", "-"), "label": one.label} for one in Specialty],
    }


def treatment_words(appointment: Appointment) -> str:
    """Return the treatment in the reader's language, short."""
    names = [
        (item.procedure.short_zh or item.procedure.name_zh) if is_chinese() else item.procedure.name_en
        for item in appointment.items.all()
    ]
    return ", ".join(names) or appointment.need
