"""Make the book of the day in a demo clinic: `python -m tests.journeys.day.prepare` (INCISOR_HOME says which). Says it in JSON.

A day some weeks ahead, on which nothing is booked yet, is filled through the gate. What the demo left under way today is
ended, so that every chair is free that morning.
"""

import json
import os
import sys
from datetime import date, time, timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "incisor.config.settings")
django.setup()

from django.conf import settings  # noqa: E402 -- needs django.setup()

from incisor.accounts.models import User  # noqa: E402
from incisor.clinics.enums import DeviceKind  # noqa: E402
from incisor.clinics.models import Chair, Clinic, Procedure  # noqa: E402
from incisor.clinics.queries import opening  # noqa: E402
from incisor.clinics.services import add_device  # noqa: E402
from incisor.kernel import clock  # noqa: E402
from incisor.kernel.organisation import organisation  # noqa: E402
from incisor.patients.models import Patient  # noqa: E402
from incisor.scheduling.models import Appointment, Block, BlockRule  # noqa: E402
from incisor.scheduling.services import book_appointment  # noqa: E402
from incisor.staff.models import RosterException, StaffMember  # noqa: E402
from incisor.staff.queries import dentists  # noqa: E402
from incisor.visits.models import Visit  # noqa: E402
from tests.journeys.day import script  # noqa: E402

FURTHER = 28  # days: beyond what the demo books


def main() -> None:
    with organisation(settings.INCISOR_ORGANISATION):
        sys.stdout.write(json.dumps(prepared(), ensure_ascii=False) + "\n")


def prepared() -> dict[str, Any]:
    clinic = Clinic.objects.order_by("code")[0]
    Clinic.objects.update(idle_lock_minutes=600)  # the day passes in minutes: nobody sits idle
    Visit.objects.filter(status__in=("waiting", "called", "in_chair", "to_pay")).update(status="done", chair=None)
    Chair.objects.update(state="free")
    people = [row for row in dentists(clinic) if row.user_id is not None][: len(script.BOOKED)]
    day = _day(clinic, people)
    Appointment.objects.filter(clinic=clinic, starts_at__date=day).delete()
    for kept in (Block, BlockRule):  # no lunch and no reserve: the script fills the day itself
        kept.objects.filter(clinic=clinic, removed_at=None).update(removed_at=clock.now())
    desk = User.objects.get(username="luosha")
    exam = Procedure.objects.get(code="exam_recall")
    names: dict[str, Patient] = {}
    for patient in Patient.objects.filter(clinic=clinic, restricted_at=None).order_by("file_number"):
        if not any(
            patient.name in other or other in patient.name for other in names
        ):  # each is found by the name alone
            names[patient.name] = patient
    plan = script.planned(list(names))
    for one in plan.booked():
        starts_at = clock.moment(day, time(*divmod(one.due or 0, 60)), clinic.zone)
        book_appointment(
            by=desk, clinic=clinic, patient=names[one.name], dentist=people[one.dentist], starts_at=starts_at,
            minutes=script.LENGTH, procedures=[exam], at=clock.now(),
        )  # fmt: skip
    return {
        "day": day.isoformat(),
        "zone": clinic.zone,
        "names": list(names),
        "screen": add_device(
            by=User.objects.get(username="kangning"),
            clinic=clinic,
            kind=DeviceKind.SCREEN,
            name="候诊区",
            at=clock.now(),
        )[1],
        "dentists": [{"name": row.name, "username": row.user.username} for row in people],
    }


def _day(clinic: Clinic, people: list[StaffMember]) -> date:
    """Return the first ordinary working day far enough ahead; everybody works on it from opening to closing."""
    first = clock.business_date(clock.now(), clinic.zone) + timedelta(days=FURTHER)
    for day in (first + timedelta(days=n) for n in range(30)):
        opened = opening(clinic, day, day)
        if not opened.kinds and sum(end - start for start, end in opened.open) >= script.CLOSES - script.OPENS:
            break
    hours = {"starts": time(*divmod(script.OPENS, 60)), "ends": time(*divmod(script.CLOSES, 60))}
    for person in people:
        RosterException.objects.filter(staff=person, day=day).delete()
        RosterException.objects.create(staff=person, clinic=clinic, day=day, **hours)
    return day


if __name__ == "__main__":
    main()
