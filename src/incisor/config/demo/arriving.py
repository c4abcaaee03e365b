"""The demo's door: a kiosk with an address that a visitor can type, somebody who comes later, points and warnings today."""

from datetime import datetime, timedelta

from incisor.accounts.models import User
from incisor.clinics.models import Clinic, Device
from incisor.clinics.rules import device_hash
from incisor.config.demo.team import ZONE, Place
from incisor.kernel import clock
from incisor.patients.models import PatientAlert
from incisor.reception import queries
from incisor.reception.models import ArrivalCheck, LateWord
from incisor.scheduling.enums import EXPECTED
from incisor.scheduling.models import Appointment
from incisor.visits.enums import QUEUED, VisitStatus
from incisor.visits.models import Visit

TOKEN = (
    "demo-kiosk"  # of the first clinic of a demo, which holds nobody's data: everywhere else tokens are long and random
)
LATE_MINUTES = 20
ILL = (("bleeding_disorder", "血友病"), ("heart_disease", "冠心病，装过支架"))


def make_arriving(places: list[Place], *, at: datetime, system: User) -> None:
    """Write what stands at the door of each clinic today."""
    for number, place in enumerate(places):
        token = TOKEN if number == 0 else f"{TOKEN}-{number + 1}"
        Device.objects.create(
            clinic=place.clinic, kind="kiosk", name="自助签到机", token_hash=device_hash(token),
            added_at=at - timedelta(days=90),
        )  # fmt: skip
        first, after = clock.day_bounds(clock.local(at, ZONE).date(), ZONE)
        coming = Appointment.objects.filter(
            clinic=place.clinic, starts_at__gte=max(first, at), starts_at__lt=after, status__in=sorted(EXPECTED)
        )
        for appointment in coming.order_by("starts_at", "pk")[1:2]:
            LateWord.objects.create(
                clinic=place.clinic, appointment=appointment, minutes=LATE_MINUTES, by=place.desk[0],
                at=at - timedelta(minutes=25),
            )  # fmt: skip
        _warned(place.clinic, at=at, system=system)


def _warned(clinic: Clinic, *, at: datetime, system: User) -> None:
    """Let one or two who are here for an operation have what the dentist must hear of; keep what is to be seen to."""
    statuses = sorted({*QUEUED, VisitStatus.IN_CHAIR})
    here = Visit.objects.filter(clinic=clinic, status__in=statuses).select_related("clinic", "patient", "appointment")
    visits = list(here.order_by("-arrived_at", "pk")[:6])
    operated = [visit.patient for visit in visits if queries.is_surgical(clinic, visit)]
    coming = Appointment.objects.filter(
        clinic=clinic, starts_at__gte=at, starts_at__lt=at + timedelta(hours=20), status__in=sorted(EXPECTED),
        items__procedure__follow_up_key="extraction",
    )  # fmt: skip
    operated += [row.patient for row in coming.select_related("patient").order_by("starts_at", "pk")[:2]]
    for patient, (code, words) in zip(dict.fromkeys(operated), ILL, strict=False):
        PatientAlert.objects.create(
            clinic=clinic, patient=patient, kind="condition", code=code, text=words, recorded_by=system,
            recorded_at=at - timedelta(days=200),
        )  # fmt: skip
    for visit in visits[:4]:
        care = queries.care_of_visit(clinic, visit, at)
        points = queries.points_at_arrival(clinic, visit.patient, at, care=care)
        if points and not ArrivalCheck.objects.filter(visit=visit).exists():
            ArrivalCheck.objects.create(visit=visit, points=[[point.key, point.level] for point in points])
