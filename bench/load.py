"""A clinic with very many patients, written fast: five appointments each, 80 a working day, no two overlap.

Run inside an installation: `python -m bench.load N`; with `--beside` into a clinic that has its own people already, whose
appointments all lie years back (docs/develop/hand.md: the hand among 100 000 patients). The rows are what the product writes (sealed phones, search keys),
only the way in is shorter. Names come from a small set of syllable-rich Chinese names; everything is reproducible.
"""

import itertools
import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall
from functools import cache
from typing import Any

import django

django.setup()

from django.conf import settings
from django.db import connection

from bench.names import name_of, phone_of
from bench.writing import Writer
from incisor.accounts.models import Grant, Role, User
from incisor.clinics.models import Chair, Clinic, Procedure, Room
from incisor.kernel import (
    clock,
    crypto,
)
from incisor.kernel.fields import text_of_spans
from incisor.kernel.ids import uuid7
from incisor.kernel.models import NumberSeries
from incisor.kernel.organisation import organisation
from incisor.kernel.spans import minute_of
from incisor.patients.enums import KeyKind, LookUp
from incisor.patients.models import Patient, SearchKey
from incisor.patients.queries.finding import HASH_MARK, file_number, search_keys_of
from incisor.patients.rules import phone_key, pinyin_of
from incisor.scheduling.models import Appointment, AppointmentItem
from incisor.staff.models import Placement, RosterRule, StaffMember

DENTISTS, PER_DAY, SLOTS = 7, 80, 18
TAKEN = (0, 1, 2, 3, 6, 7, 8, 9, 12, 13, 14, 15)  # of a dentist's half hours: between them stays a whole free hour
FUTURE_DAYS = 30
LONG_AGO_DAYS = 800  # before the past of a demo
PASSWORD = "bench-of-the-desk"


def working_days(last: date) -> Iterator[date]:
    """Yield working days backwards: Sundays off."""
    for offset in itertools.count():
        day = last - timedelta(days=offset)
        if day.weekday() != 6:
            yield day


def load(patient_count: int) -> dict[str, float]:
    """Write the clinic; returns the seconds that each part took."""

    began, took = time.monotonic(), {}
    clinic = Clinic.objects.get()
    system = User.objects.get(is_system=True)
    dentists, chairs = _team(clinic)
    _desk_user(clinic, clock.now())
    procedure = Procedure.objects.get(code="cleaning_ultrasonic")
    at = clock.now()
    writer = Writer(connection)
    with writer:
        ids = _patients(writer, clinic, system, patient_count, at)
        took["patients"] = time.monotonic() - began
        today = clock.local(at, clinic.zone).date()
        ahead = today + timedelta(days=FUTURE_DAYS)
        _appointments(writer, clinic, system, ids, dentists, chairs, procedure, today, ahead)
    took["appointments"] = time.monotonic() - began - took["patients"]
    writer.settle()
    took["all"] = time.monotonic() - began
    return took


def load_beside(patient_count: int) -> dict[str, float]:
    """Write patients and their past into the first clinic of an installation that is in use; returns the seconds."""
    began = time.monotonic()
    clinic = Clinic.objects.order_by("pk")[0]
    system = User.objects.get(is_system=True)
    team = [one.staff for one in Placement.objects.filter(clinic=clinic, staff__kind="dentist").select_related("staff")]
    chairs = list(Chair.objects.filter(clinic=clinic).order_by("position"))
    at, procedure = clock.now(), Procedure.objects.get(code="cleaning_ultrasonic")
    today = clock.local(at, clinic.zone).date()
    writer = Writer(connection)
    with writer:
        ids = _patients(writer, clinic, system, patient_count, at)
        fill = [(team * DENTISTS)[:DENTISTS], (chairs * DENTISTS)[:DENTISTS]]
        _appointments(writer, clinic, system, ids, *fill, procedure, today, today - timedelta(days=LONG_AGO_DAYS))
    writer.settle()
    return {"all": time.monotonic() - began}


def _team(clinic: Any) -> tuple[list[Any], list[Any]]:

    room = Room.objects.create(clinic=clinic, name="诊室")
    chairs = [
        Chair.objects.create(
            clinic=clinic, room=room, name=f"{number}号椅", position=number,
            capabilities=["basic", "xray", "surgery", "ortho", "child"],
        )
        for number in range(1, DENTISTS + 1)
    ]  # fmt: skip
    dentists = []
    for number, chair in enumerate(chairs):
        dentist = StaffMember.objects.create(
            number=f"D{number}", name=f"医生{number}", kind="dentist", specialties=["general", "periodontics"],
            licence_number=str(number), licence_expires_on=date(2099, 12, 31),
        )  # fmt: skip
        Placement.objects.create(staff=dentist, clinic=clinic, chair=chair, position=number)
        RosterRule.objects.bulk_create(
            RosterRule(
                staff=dentist, clinic=clinic, weekday=day, starts=wall(9), ends=wall(18), valid_from=date(2000, 1, 1)
            )
            for day in range(6)
        )
        dentists.append(dentist)
    return dentists, chairs


def _desk_user(clinic: Clinic, at: datetime) -> None:
    """The account under which the bench clicks: what a supervisor may."""
    user = User(username="bench", name="测速", created_at=at)
    user.set_password(PASSWORD)
    user.save()
    Grant.objects.create(user=user, role=Role.objects.get(key="supervisor"), clinic_id=clinic.pk)


def _patients(writer: Any, clinic: Any, system: Any, count: int, at: datetime) -> list[Any]:

    ring = crypto.ring()
    context = f"{Patient._meta.db_table}.phone"

    @cache
    def name_keys(name: str) -> tuple[str, list[tuple[str, str]]]:
        bare = Patient(id=uuid7(), clinic=clinic, name=name, pinyin=pinyin_of(name), file_number="", phone="")
        return bare.pinyin, [(str(key.kind), key.key) for key in search_keys_of(bare)]

    @cache
    def last_four(digits: str) -> str:
        return HASH_MARK + ring.index(digits, context=LookUp.LAST_FOUR)

    patients = writer.mould(
        Patient(clinic=clinic, name="", sex="female", created_by=system, created_at=at),
        "id", "name", "pinyin", "born_on", "phone", "phone_index", "file_number", "last_seen_on",
    )  # fmt: skip
    keys = writer.mould(SearchKey(clinic=clinic, kind=KeyKind.NAME, key=""), "id", "patient_id", "kind", "key")
    born = [writer.day(date(1940 + n % 80, 1 + n % 12, 1 + n % 28)) for n in range(80 * 84)]
    seen = [writer.day(at.date() - timedelta(days=n)) for n in range(700)]
    begun = NumberSeries.objects.filter(clinic_id=clinic.pk, series="file", period="")
    first = begun.values_list("last", flat=True).first() or 0
    ids = []
    for number in range(count):
        name, phone = name_of(number), phone_of(number)
        pinyin, names = name_keys(name)
        key, file = writer.key(uuid7()), file_number(clinic, first + number + 1)
        whole = phone_key(phone)
        index = ring.index(whole, context=LookUp.PHONE)
        writer.add(
            patients, key, name, pinyin, born[number % len(born)], ring.encrypt(phone, context=context), index, file,
            seen[number % 700],
        )  # fmt: skip
        for kind, text in names:
            writer.add(keys, writer.key(uuid7()), key, kind, text)
        writer.add(keys, writer.key(uuid7()), key, KeyKind.FILE.value, file.lower())
        writer.add(keys, writer.key(uuid7()), key, KeyKind.PHONE.value, HASH_MARK + index)
        writer.add(keys, writer.key(uuid7()), key, KeyKind.LAST_FOUR.value, last_four(whole[-4:]))
        ids.append(key)
    if not begun.update(last=first + count):
        NumberSeries.objects.create(clinic_id=clinic.pk, series="file", period="", last=count)
    return ids


def _appointments(
    writer: Any,
    clinic: Any,
    system: Any,
    ids: list[Any],
    dentists: list[Any],
    chairs: list[Any],
    procedure: Any,
    today: date,
    last: date,
) -> None:

    at = datetime(today.year, today.month, today.day, tzinfo=UTC)
    rows = writer.mould(
        Appointment(
            clinic=clinic, dentist=dentists[0], chair=chairs[0], starts_at=at, ends_at=at, blocked_from=at, blocked_until=at,
            channel="phone", created_by=system, created_at=at,
        ),
        "id", "patient_id", "dentist_id", "chair_id", "starts_at", "ends_at", "blocked_from", "blocked_until", "dentist_spans",
        "status", "created_at",
    )  # fmt: skip
    items = writer.mould(AppointmentItem(procedure=procedure), "id", "appointment_id")
    dentist_keys, chair_keys = [writer.key(one.pk) for one in dentists], [writer.key(one.pk) for one in chairs]
    days = working_days(last)
    half, count = timedelta(minutes=30), len(ids) * 5
    for number in range(count):
        position = number % PER_DAY
        if not position:
            day = next(days)
            # 09:00 in Shanghai is 01:00 UTC: the bench's clinic has no clock changes
            opens = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
            spans = [
                text_of_spans([(minute_of(opens + nth * half), minute_of(opens + (nth + 1) * half))])
                for nth in range(SLOTS)
            ]
            slots = [writer.moment(opens + nth * half) for nth in range(SLOTS + 1)]
            status = "completed" if day < today else "confirmed"
            made = writer.moment(opens - timedelta(days=3))
        dentist, nth = position % DENTISTS, position // DENTISTS
        slot = (TAKEN[nth] + dentist + number // PER_DAY) % SLOTS
        key, patient = writer.key(uuid7()), ids[number * 31337 % len(ids)]
        writer.add(
            rows, key, patient, dentist_keys[dentist], chair_keys[dentist], slots[slot], slots[slot + 1], slots[slot],
            slots[slot + 1], spans[slot], status, made,
        )  # fmt: skip
        if abs((day - today).days) <= 90:
            writer.add(items, writer.key(uuid7()), key)


def main() -> None:

    with organisation(settings.INCISOR_ORGANISATION):
        work = load_beside if "--beside" in sys.argv[2:] else load
        print(json.dumps(work(int(sys.argv[1]))))


if __name__ == "__main__":
    main()
