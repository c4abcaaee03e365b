"""The demo's telephone: calls of the last days, notes that are tasks, people who ask before they come, the devices."""

from datetime import datetime, timedelta
from typing import Any

from incisor.accounts.models import User
from incisor.clinics.models import Device
from incisor.clinics.services import add_device
from incisor.config.demo.material import Dice, load
from incisor.config.demo.population import Person
from incisor.config.demo.team import ZONE, Place
from incisor.enquiries.models import CallNote, CallNoteStep, Lead, LeadStep, PhoneCall
from incisor.enquiries.queries import number_index
from incisor.kernel import clock
from incisor.scheduling.models import Appointment

STAGES = ("new", "contacted", "booked", "arrived", "won")


def make_asking(dice: Dice, people: list[Person], places: list[Place], *, at: datetime, system: User) -> None:
    """Write the telephone, calls with their notes, and enquiries at every stage."""
    for place in places:
        telephone = _telephone(place, at=at, system=system)
        mine = [person for person in people if person.place is place and person.row.phone]
        _calls(dice, place, mine, telephone, at)
        _leads(dice, place, at)


def _telephone(place: Place, *, at: datetime, system: User) -> Device:
    began = at - timedelta(days=40)
    device, _token = add_device(by=system, clinic=place.clinic, kind="telephone", name="前台电话", at=began)
    Device.objects.filter(pk=device.pk).update(seen_at=at - timedelta(minutes=2))
    return device


def _calls(dice: Dice, place: Place, people: list[Person], telephone: Device, at: datetime) -> None:
    """A few calls a day; each with what was wanted, some of it still to do."""
    moment = at - timedelta(minutes=6)
    for number, one in enumerate(load("talk")["calls"]):
        person = dice.one(people)
        desk = place.desk[number % len(place.desk)]
        known, missed = not one.get("stranger"), bool(one.get("missed"))
        phone = person.row.phone if known else f"139{dice.between(10_000_000, 99_999_999)}"
        taken_at = None if missed else moment + timedelta(seconds=dice.between(4, 25))
        call = PhoneCall.objects.create(
            id=dice.key(moment), clinic=place.clinic, device=telephone, line_id=f"demo-{number}", number=phone,
            number_index=number_index(phone), patient=person.row if known else None,
            state="missed" if missed else "ended", began_at=moment, taken_at=taken_at, taken_by=None if missed else desk,
            ended_at=moment + timedelta(seconds=dice.between(60, 240)),
        )  # fmt: skip
        if not missed:
            _note(dice, place, call, one, desk, at)
        moment -= timedelta(minutes=dice.between(25, 70))
        if clock.local(moment, ZONE).hour < 8:
            moment -= timedelta(hours=14)


def _note(dice: Dice, place: Place, call: PhoneCall, one: dict[str, Any], desk: User, at: datetime) -> None:
    owner = dice.one(place.desk) if one.get("hours") else desk
    is_open = bool(one.get("hours"))
    written_at = call.ended_at
    assert written_at is not None
    note = CallNote.objects.create(
        id=dice.key(written_at), clinic=place.clinic, call=call, patient=call.patient,
        caller_name=one.get("caller", ""), number=call.number, matter=one["matter"], text=one["text"], first_asked=desk,
        owner=owner, due_at=at + timedelta(hours=one["hours"]) if is_open else None, status="open" if is_open else "done",
        result=one.get("result", ""), created_at=written_at, closed_at=None if is_open else written_at,
    )  # fmt: skip
    CallNoteStep.objects.create(id=dice.key(written_at), note=note, kind="written", to=owner, by=desk, at=written_at)


def _leads(dice: Dice, place: Place, at: datetime) -> None:
    """People who ask before they come: each stage, who looks after them, when to call again."""
    coming = Appointment.objects.filter(clinic=place.clinic, status="confirmed", starts_at__gt=at)
    came = Appointment.objects.filter(clinic=place.clinic, status="completed", starts_at__lt=at)
    booked = {"booked": list(coming.select_related("patient").order_by("-starts_at", "pk")[:6])}
    booked["arrived"] = booked["won"] = list(came.select_related("patient").order_by("-starts_at", "pk")[:8])
    today = clock.local(at, ZONE).date()
    for number, one in enumerate(load("talk")["leads"]):
        stage, asked_at = one["stage"], at - timedelta(days=one["days"], hours=dice.between(1, 6))
        appointment = booked[stage].pop() if booked.get(stage) else None
        patient = appointment.patient if appointment else None
        by = place.desk[number % len(place.desk)]
        phone = patient.phone if patient else f"137{dice.between(10_000_000, 99_999_999)}"
        lead = Lead.objects.create(
            id=dice.key(asked_at), clinic=place.clinic, name=patient.name if patient else one["name"], number=phone,
            number_index=number_index(phone), patient=patient, wanted=one["text"], source=one["source"],
            source_detail=one.get("detail", ""), consultant=by, stage=stage, lost_reason=one.get("lost", ""),
            next_on=today + timedelta(days=one["again"]) if "again" in one else None, appointment=appointment,
            created_by=by, created_at=asked_at,
        )  # fmt: skip
        last = STAGES.index(stage) if stage in STAGES else 1
        way = [*STAGES[: last + 1], *([stage] if stage not in STAGES else [])]
        for step, (before, to) in enumerate(zip(["", *way], way, strict=False)):
            moment = min(asked_at + timedelta(hours=20 * step), at - timedelta(minutes=3))
            text = one.get("said", "") if step == 1 else ""
            LeadStep.objects.create(
                id=dice.key(moment), lead=lead, from_stage=before, to_stage=to, text=text, by=by, at=moment
            )
