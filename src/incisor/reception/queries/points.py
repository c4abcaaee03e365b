"""What is pointed out when somebody comes: facts from everywhere, the rule, and the words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incisor.billing.queries import owed_by
from incisor.clinics.models import Clinic
from incisor.forms.queries import missing_forms
from incisor.kernel.money import as_text
from incisor.patients.enums import AlertKind, Sex, SpecialNeed
from incisor.patients.models import HealthDenial, Patient
from incisor.patients.queries import guardians_of, memberships_of
from incisor.patients.rules import ADULT_FROM, age_on
from incisor.reception.hooks import arrival_notices
from incisor.reception.models import ArrivalCheck
from incisor.reception.queries.board import day_of
from incisor.reception.queries.care import Care
from incisor.reception.rules.points import Facts, Point, points_of
from incisor.scheduling.enums import AppointmentStatus, Demand
from incisor.scheduling.models import Appointment
from incisor.visits.models import Visit

VIP = ("vip", "贵宾")


@dataclass(frozen=True)
class PointLine:
    """A point as it is shown. url: where it is settled, opened in the side panel when is_panel."""

    key: str
    level: str
    text: str
    url: str = ""
    is_panel: bool = False


def points_at_arrival(
    clinic: Clinic, patient: Patient, at: datetime, *, appointment: Appointment | None = None, care: Care | None = None
) -> list[Point]:
    """Return what the desk sees to when this patient comes."""
    return points_of(_facts(clinic, patient, at, appointment, care or Care()))


def _facts(clinic: Clinic, patient: Patient, at: datetime, appointment: Appointment | None, care: Care) -> Facts:
    alerts = patient.current_alerts
    day = day_of(clinic, at)
    is_asked = (
        bool([one for one in alerts if one.kind != AlertKind.WARNING])
        or HealthDenial.objects.filter(patient=patient, ended_at=None).exists()
    )
    age = age_on(born_on=patient.born_on, day=day)
    is_minor = age is not None and age.years < ADULT_FROM
    membership = memberships_of(clinic, [patient], day=day).get(patient.pk)
    others: list[tuple[str, str]] = [("info", membership.level.name)] if membership else []
    for source in arrival_notices:
        others += [(one.level, one.text) for one in source.find(clinic, [patient], at).get(patient.pk, ())]
    return Facts(
        has_phone=bool(patient.phone),
        has_birth_date=patient.born_on is not None,
        has_sex=patient.sex != Sex.UNKNOWN,
        has_background=is_asked,
        is_minor_alone=is_minor and not guardians_of(clinic, [patient]),
        forms_count=len(missing_forms(clinic, [patient], at).get(patient.pk, [])),
        owed_minor=owed_by(clinic, [patient]).get(patient.pk, 0),
        deposit_is_open=appointment is not None
        and appointment.demand == Demand.DEPOSIT
        and appointment.deposit_minor is None,
        is_unconfirmed=appointment is not None and appointment.status == AppointmentStatus.REQUESTED,
        care_count=len(care.open),
        care_is_grave=care.is_grave,
        is_vip=any(word in tag.lower() for tag in patient.tags for word in VIP),
        needs=tuple(patient.special_needs),
        warnings=tuple(alert.label for alert in patient.warnings),
        others=tuple(others),
    )


def _missing_words(keys: Iterable[str]) -> str:
    words = {"phone": _("phone"), "birth_date": _("date of birth"), "sex": _("sex")}
    return "、".join(words[key] for key in keys)


def _text(point: Point, clinic: Clinic) -> str:
    if point.key == "care":
        return ngettext(
            "%(count)s warning before the operation: the dentist decides",
            "%(count)s warnings before the operation: the dentist decides",
            point.count,
        ) % {"count": point.count}
    if point.key == "forms":
        return ngettext("%(count)s form to sign", "%(count)s forms to sign", point.count) % {"count": point.count}
    if point.key == "debt":
        return _("Owes %(amount)s") % {"amount": as_text(point.amount_minor, clinic.currency)}
    if point.key == "missing":
        return _("Missing in the file: %(what)s") % {"what": _missing_words(point.words)}
    if point.key == "needs":
        known = [SpecialNeed(one).label for one in point.words if one in SpecialNeed.values]
        return _("Needs: %(what)s") % {"what": "、".join(str(one) for one in known)}
    fixed = {
        "background": _("Never asked about allergies and illnesses"),
        "guardian": _("A child: no parent or guardian is known"),
        "deposit": _("The deposit is not paid"),
        "unconfirmed": _("Had not confirmed"),
        "vip": _("VIP: greet by name"),
    }
    return fixed.get(point.key) or "、".join(point.words)


def point_lines(
    points: Iterable[Point], *, clinic: Clinic, patient: Patient, visit: Visit | None = None
) -> list[PointLine]:
    """Return the points with their words and where each is settled."""
    urls: dict[str, tuple[str, bool]] = {
        "forms": (reverse("forms:patient-forms", args=[patient.pk]), True),
        "debt": (reverse("patients:patient", args=[patient.pk]), False),
        "missing": (reverse("patients:patient", args=[patient.pk]), False),
        "guardian": (reverse("patients:new-relative", args=[patient.pk]), True),
        "background": (reverse("patients:health", args=[patient.pk]), True),
    }
    if visit is not None:
        urls["care"] = (reverse("reception:care", args=[visit.pk]), True)
    return [
        PointLine(point.key, point.level, _text(point, clinic), *urls.get(point.key, ("", False))) for point in points
    ]


def arrival_check(visit: Visit) -> ArrivalCheck | None:
    """Return what was pointed out when the visit began."""
    return ArrivalCheck.objects.filter(visit=visit).select_related("seen_by").first()


def open_points(visits: Iterable[Any]) -> dict[Any, list[list[str]]]:
    """Return visit → the points (key, level) that nobody has looked at; one query."""
    rows = ArrivalCheck.objects.filter(visit__in=list(visits), seen_at=None)
    return {visit_id: points for visit_id, points in rows.values_list("visit_id", "points") if points}
