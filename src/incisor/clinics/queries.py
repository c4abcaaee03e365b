"""Reading places and treatments."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Min, Q, QuerySet
from django.utils.translation import get_language

from incisor.accounts.access import grants_of
from incisor.accounts.models import User
from incisor.clinics.enums import ChairState
from incisor.clinics.hooks import Misfit, Reason, bookings_between
from incisor.clinics.models import Chair, Clinic, Closure, Device, Holiday, OpeningHours, Organisation, Procedure, Room
from incisor.clinics.rules import HOLIDAY, Opening, Shut, Stretch, WeeklyHours, device_hash, hours_on
from incisor.clinics.setup import shipped
from incisor.kernel.clock import day_bounds, local
from incisor.kernel.db.prepared import prepared
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.kernel.spans import joined, lies_in, meet, span_of

# How long a chair that is out of order is taken to stay so, when nobody has entered a closure with an end.
OUT_OF_ORDER_DAYS = 7


@dataclass(frozen=True)
class HoursPeriod:
    """Weekly opening hours and the days between which they hold; None: no limit."""

    valid_from: date | None
    valid_until: date | None
    week: tuple[Stretch, ...]


@dataclass(frozen=True, kw_only=True)
class SetupState:
    """What has been set up in a clinic, as counts."""

    rooms: int
    chairs: int
    chairs_out_of_order: int
    weekdays_open: int
    holidays: int
    procedures: int


def clinics_of(user: User) -> list[Clinic]:
    """Return the clinics in which the user has a role, by code; all of them for a role in the whole organisation."""
    where = grants_of(user)
    return [clinic for clinic in _clinics() if None in where or clinic.pk in where]


@prepared
def _clinics() -> QuerySet[Clinic]:
    return Clinic.objects.filter(is_active=True).select_related("organisation").order_by("code")


def chair(clinic: Clinic, chair_id: Any) -> Chair:
    """Return the clinic's chair. Raises NotFound."""
    key = as_uuid(chair_id)
    found = _chair(clinic.pk, key) if key else []
    if not found:
        raise NotFound()
    return found[0]  # type: ignore[no-any-return]


@prepared
def _chair(clinic_id: uuid.UUID, chair_id: uuid.UUID) -> QuerySet[Chair]:
    return Chair.objects.filter(clinic_id=clinic_id, pk=chair_id).select_related("room")


def chairs(clinic: Clinic) -> list[Chair]:
    """Return the clinic's chairs in use, in their order on the calendar."""
    return _chairs(clinic.pk)


@prepared
def _chairs(clinic_id: uuid.UUID) -> QuerySet[Chair]:
    return Chair.objects.filter(clinic_id=clinic_id, is_active=True).select_related("room").order_by("position", "pk")


def procedures(*, active_only: bool = True) -> list[Procedure]:
    """Return the organisation's procedures by code."""
    return _active_procedures() if active_only else list(Procedure.objects.order_by("code"))


@prepared
def _active_procedures() -> QuerySet[Procedure]:
    return Procedure.objects.filter(is_active=True).order_by("code")


def procedures_among(procedure_ids: Iterable[Any]) -> list[Procedure]:
    """Return those of the procedures in use that have these ids, in no order; what is no id finds nothing."""
    return _procedures_among(tuple(key for key in map(as_uuid, procedure_ids) if key is not None))


@prepared
def _procedures_among(ids: tuple[uuid.UUID, ...]) -> QuerySet[Procedure]:
    return Procedure.objects.filter(pk__in=ids, is_active=True)


def procedure(procedure_id: uuid.UUID | str) -> Procedure:
    """Return a procedure. Raises NotFound."""
    found = Procedure.objects.filter(pk=procedure_id).first()
    if found is None:
        raise NotFound()
    return found


def opening(clinic: Clinic, first: date, last: date) -> Opening:
    """Return when the clinic is open from the first to the last day: hours, closures, public holidays if it follows them."""
    starts_at, ends_at = day_bounds(first, clinic.zone, days=(last - first).days + 1)
    is_chinese = (get_language() or "").startswith("zh")
    special = [
        (day, kind, name_zh if is_chinese else name_en)
        for day, kind, name_zh, name_en in (_holidays(first, last) if clinic.follows_public_holidays else ())
    ]
    kinds = {day: kind for day, kind, _name in special}
    weekly = [WeeklyHours(*row) for row in _weekly_hours(clinic.pk)]
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return Opening(
        hours=tuple(span for day in days for span in hours_on(weekly, day=day, kind=kinds.get(day), zone=clinic.zone)),
        shut=tuple(
            Shut(span=span_of(starts, ends), reason=reason, chair=chair_id)
            for starts, ends, reason, chair_id in _closures(clinic.pk, starts_at, ends_at)
        ),
        kinds=kinds,
        holidays={day: name for day, kind, name in special if kind == HOLIDAY},
    )


@prepared
def _holidays(first: date, last: date) -> QuerySet[Any, Any]:
    return Holiday.objects.filter(day__gte=first, day__lte=last).values_list("day", "kind", "name_zh", "name_en")


@prepared
def _weekly_hours(clinic_id: uuid.UUID) -> QuerySet[Any, Any]:
    found = OpeningHours.objects.filter(clinic_id=clinic_id)
    return found.values_list("weekday", "opens", "closes", "valid_from", "valid_until")


@prepared
def _closures(clinic_id: uuid.UUID, starts_at: datetime, ends_at: datetime) -> QuerySet[Any, Any]:
    found = Closure.objects.filter(clinic_id=clinic_id, ends_at__gt=starts_at, starts_at__lt=ends_at)
    return found.order_by("starts_at", "pk").values_list("starts_at", "ends_at", "reason", "chair_id")


def lock_chairs(clinic: Clinic, chair_ids: Iterable[Any]) -> list[Chair]:
    """Lock chairs of the clinic until the transaction ends, in the order of their keys; after dentists, before patients."""
    return _locked_chairs(clinic.pk, tuple({key for key in map(as_uuid, chair_ids) if key}))


@prepared
def _locked_chairs(clinic_id: uuid.UUID, ids: tuple[uuid.UUID, ...]) -> QuerySet[Chair]:
    found = Chair.objects.select_for_update(no_key=True, of=("self",)).filter(clinic_id=clinic_id, pk__in=ids)
    return found.order_by("pk")


def organisation() -> Organisation:
    """Return the organisation whose database this is. Raises NotFound."""
    found = Organisation.objects.order_by("pk").first()
    if found is None:
        raise NotFound()
    return found


def all_clinics() -> list[Clinic]:
    """Return every clinic of the organisation, closed ones too, by code."""
    return list(Clinic.objects.order_by("code"))


def clinic_by_id(clinic_id: Any) -> Clinic:
    """Return a clinic of the organisation. Raises NotFound."""
    found = Clinic.objects.filter(pk=clinic_id).first()
    if found is None:
        raise NotFound()
    return found


def rooms(clinic: Clinic) -> list[Room]:
    """Return the clinic's rooms in the order of their chairs, those out of use last."""
    found = Room.objects.filter(clinic=clinic).annotate(first_chair=Min("chairs__position"))
    return list(found.order_by("-is_active", F("first_chair").asc(nulls_last=True), "name", "pk"))


def room(clinic: Clinic, room_id: Any) -> Room:
    """Return a room of the clinic. Raises NotFound."""
    found = Room.objects.filter(clinic=clinic, pk=room_id).first()
    if found is None:
        raise NotFound()
    return found


def all_chairs(clinic: Clinic) -> list[Chair]:
    """Return the clinic's chairs in their order, those out of use last."""
    found = Chair.objects.filter(clinic=clinic).select_related("room")
    return list(found.order_by("-is_active", "position", "pk"))


def opening_hours_periods(clinic: Clinic) -> list[HoursPeriod]:
    """Return the clinic's opening hours, one entry for each stretch of dates, the latest first."""
    grouped: dict[tuple[date | None, date | None], list[OpeningHours]] = {}
    for row in OpeningHours.objects.filter(clinic=clinic).order_by("weekday", "opens", "pk"):
        grouped.setdefault((row.valid_from, row.valid_until), []).append(row)
    ordered = sorted(grouped.items(), key=lambda item: item[0][0] or date.min, reverse=True)
    return [
        HoursPeriod(valid_from, valid_until, tuple(Stretch(row.weekday, row.opens, row.closes) for row in rows))
        for (valid_from, valid_until), rows in ordered
    ]


def opening_week_on(clinic: Clinic, day: date) -> list[Stretch]:
    """Return the weekly opening hours that hold on that day."""
    rows = OpeningHours.objects.filter(clinic=clinic)
    rows = rows.exclude(valid_from__gt=day).exclude(valid_until__lt=day)
    return [Stretch(row.weekday, row.opens, row.closes) for row in rows.order_by("weekday", "opens")]


def closures(clinic: Clinic, *, since: datetime) -> list[Closure]:
    """Return the clinic's closures that are not over yet, by time."""
    found = Closure.objects.filter(clinic=clinic, ends_at__gt=since).select_related("chair")
    return list(found.order_by("starts_at", "pk"))


def past_closures(clinic: Clinic, *, until: datetime, limit: int = 30) -> list[Closure]:
    """Return the clinic's latest closures that are over, the latest first."""
    found = Closure.objects.filter(clinic=clinic, ends_at__lte=until).select_related("chair")
    return list(found.order_by("-starts_at", "pk")[:limit])


def closure(clinic: Clinic, closure_id: Any) -> Closure:
    """Return a closure of the clinic. Raises NotFound."""
    found = Closure.objects.filter(clinic=clinic, pk=closure_id).select_related("chair").first()
    if found is None:
        raise NotFound()
    return found


def holidays(year: int) -> list[Holiday]:
    """Return the public holidays and make-up workdays of a year, by day."""
    return list(Holiday.objects.filter(day__year=year).order_by("day"))


def holiday(holiday_id: Any) -> Holiday:
    """Return an entry of the holiday calendar. Raises NotFound."""
    found = Holiday.objects.filter(pk=holiday_id).first()
    if found is None:
        raise NotFound()
    return found


def holiday_years() -> list[int]:
    """Return the years for which the calendar has entries, by year."""
    return sorted({day.year for day in Holiday.objects.dates("day", "year")})


def find_procedures(*, text: str = "", specialty: str = "", state: str = "active") -> list[Procedure]:
    """Return the procedures whose code or name holds the text. state: "active", "inactive" or "all"."""
    found = Procedure.objects.order_by("specialty", "code")
    if state in {"active", "inactive"}:
        found = found.filter(is_active=state == "active")
    if specialty:
        found = found.filter(specialty=specialty)
    for word in text.split():
        found = found.filter(
            Q(code__icontains=word)
            | Q(name_zh__icontains=word)
            | Q(name_en__icontains=word)
            | Q(short_zh__icontains=word)
        )
    return list(found)


def procedure_keys() -> tuple[list[str], list[str]]:
    """Return the follow-up keys and the aftercare keys that procedures use or that are shipped."""
    rows: list[Any] = list(Procedure.objects.values("follow_up_key", "aftercare_key").distinct())
    rows += [{name: row[name] for name in ("follow_up_key", "aftercare_key")} for row in shipped("procedures")]
    return (
        sorted({row["follow_up_key"] for row in rows} - {""}),
        sorted({row["aftercare_key"] for row in rows} - {""}),
    )


def bookings_outside_hours(clinic: Clinic, *, since: datetime) -> list[Misfit]:
    """Return the bookings from then on that the clinic cannot keep: it is closed, or their chair cannot be used."""
    hits = bookings_between(clinic, start=since)
    if not hits:
        return []
    first, last = (local(at, clinic.zone).date() for at in (hits[0].starts_at, max(hit.ends_at for hit in hits)))
    times = opening(clinic, first, last)
    seats = {row.pk: row for row in Chair.objects.filter(clinic=clinic)}
    soon = since + timedelta(days=OUT_OF_ORDER_DAYS)
    opened, shut = joined(times.open), {pk: times.shut_chair(pk) for pk in seats}
    misfits = []
    for hit in hits:
        span, seat = span_of(hit.starts_at, hit.ends_at), seats.get(hit.chair_id)
        if not lies_in(opened, span):
            misfits.append(Misfit(hit, Reason.CLOSED))
        elif any(meet(span, one) for one in shut.get(hit.chair_id, ())):
            misfits.append(Misfit(hit, Reason.CHAIR_CLOSED))
        elif seat is not None and not seat.is_active:
            misfits.append(Misfit(hit, Reason.CHAIR_GONE))
        elif seat is not None and seat.state == ChairState.OUT_OF_ORDER and hit.starts_at < soon:
            misfits.append(Misfit(hit, Reason.CHAIR_BROKEN))
    return misfits


def setup_state(clinic: Clinic, *, day: date) -> SetupState:
    """Return what has been set up in the clinic, as counts: for the overview of the settings."""
    return SetupState(
        rooms=Room.objects.filter(clinic=clinic, is_active=True).count(),
        chairs=Chair.objects.filter(clinic=clinic, is_active=True).count(),
        chairs_out_of_order=Chair.objects.filter(clinic=clinic, is_active=True, state=ChairState.OUT_OF_ORDER).count(),
        weekdays_open=len({stretch.weekday for stretch in opening_week_on(clinic, day)}),
        holidays=Holiday.objects.filter(day__year=day.year).count(),
        procedures=Procedure.objects.filter(is_active=True).count(),
    )


def procedure_with_letter(letter: str) -> Procedure | None:
    """Return the procedure that the letter chooses on the booking line, None when it is free."""
    return Procedure.objects.filter(letter=letter, is_active=True).order_by("code").first()


def clinic_names(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return the names of those clinics, closed ones too."""
    return dict(Clinic.objects.filter(pk__in=list(ids)).values_list("pk", "name"))


def chair_names(clinic_id: uuid.UUID | None, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return the names of the clinic's chairs of those keys."""
    if clinic_id is None:
        return {}
    return dict(Chair.objects.filter(clinic_id=clinic_id, pk__in=list(ids)).values_list("pk", "name"))


def devices(clinic: Clinic) -> list[Device]:
    """Return the clinic's devices, those that were ended last."""
    return list(
        Device.objects.filter(clinic=clinic).order_by(F("ended_at").asc(nulls_first=True), "kind", "name", "pk")
    )


def device(clinic: Clinic, device_id: Any) -> Device:
    """Return a device of the clinic. Raises NotFound."""
    found = Device.objects.filter(clinic=clinic, pk=device_id).first()
    if found is None:
        raise NotFound()
    return found


def device_kinds(clinic: Clinic) -> set[str]:
    """Return what kinds of device the clinic has in use."""
    return set(_device_kinds(clinic.pk))


@prepared
def _device_kinds(clinic_id: uuid.UUID) -> QuerySet[Any, Any]:
    return Device.objects.filter(clinic_id=clinic_id, ended_at=None).values_list("kind", flat=True).distinct()


def device_of_token(token: str, kind: str) -> Device:
    """Return the device, of any clinic, that shows itself by this token. Raises NotFound for a wrong or ended one."""
    found = _device_of(device_hash(token[:200]), kind)
    if not found:
        raise NotFound()
    return found[0]  # type: ignore[no-any-return]


@prepared
def _device_of(token_hash: str, kind: str) -> QuerySet[Device]:
    found = Device.objects.filter(token_hash=token_hash, kind=kind, ended_at=None, clinic__is_active=True)
    return found.select_related("clinic")
