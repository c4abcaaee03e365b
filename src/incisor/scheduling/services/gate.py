"""The one gate: lock dentist (and assistant), chair and patient, then check, so that two people never get the same time.

Why so: on PostgreSQL the row locks let the second one wait until the first has committed; its check then sees the
first one's appointment. On SQLite the whole transaction holds the write gate. Behind both stand exclusion constraints
(PostgreSQL, migration 0002).
"""

import functools
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from incisor.accounts.access import require
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.clinics.models import Chair, Clinic
from incisor.clinics.queries import chairs as chairs_of
from incisor.clinics.queries import lock_chairs
from incisor.clinics.rules import abilities_of
from incisor.kernel.clock import zone
from incisor.kernel.db.constraints import is_postgresql, violated_constraint
from incisor.kernel.db.writing import insert
from incisor.kernel.errors import Refused
from incisor.kernel.spans import minute_of
from incisor.patients.models import Patient
from incisor.patients.queries import lock_patients
from incisor.scheduling.enums import ConflictKind
from incisor.scheduling.models import EXCLUSIONS, Appointment, DailyLimit, Hold
from incisor.scheduling.queries import Slot, alternatives, surroundings
from incisor.scheduling.queries.limiting import limits_for
from incisor.scheduling.rules import (
    HARD,
    Conflict,
    Limit,
    Need,
    Surroundings,
    Wish,
    chair_for,
    conflicts,
    starts_for,
    wish_of,
)
from incisor.staff.models import StaffMember
from incisor.staff.queries import dentists as dentists_of
from incisor.staff.queries import lock_dentists

F = TypeVar("F", bound=Callable[..., Any])


class SlotTaken(Refused):
    """The appointment cannot stand at that time. conflicts: every reason; alternatives: what to offer instead."""

    code = "slot_taken"

    def __init__(self, reasons: Sequence[Conflict], asked: "Asked | None" = None) -> None:
        texts = [explain(reason) for reason in reasons]
        super().__init__(
            " ".join([*texts, _("Choose another time.")]),
            reasons=[str(reason.kind) for reason in reasons],
            texts=texts,
            can_overbook=bool(reasons) and not any(reason.kind in HARD for reason in reasons),
        )
        self.conflicts = tuple(reasons)
        self.asked = asked
        self.alternatives: list[Slot] = []


class NobodyFree(SlotTaken):
    """No dentist, or no chair, is free at that time."""

    code = "nobody_free"


@dataclass(frozen=True)
class Asked:
    """What was asked of the gate. dentist, chair: None for any; patient: None while unknown. besides, hold: do not count.

    stood: what besides has needed there until now; what stands against that too is nothing new, and no conflict.
    """

    clinic: Clinic
    patient: Patient | None
    dentist: StaffMember | None
    chair: Chair | None
    starts_at: datetime
    need: Need
    at: datetime
    besides: Appointment | None = None
    hold: Hold | None = None
    assistant: StaffMember | None = None
    chairs_first: tuple[uuid.UUID | None, ...] = ()
    may_be_past: bool = False
    stood: Need | None = None

    @property
    def now(self) -> int | None:
        return None if self.may_be_past else minute_of(self.at)

    def wish(self, dentist: StaffMember, chair: Chair) -> Wish:
        start, assistant = minute_of(self.starts_at), self.assistant.pk if self.assistant else None
        return wish_of(self.need, dentist=dentist.pk, chair=chair.pk, start=start, assistant=assistant)

    def around(
        self, dentists: Sequence[StaffMember], chairs: Sequence[Chair], limits: Sequence[Limit] | None = None
    ) -> Surroundings:
        """Return what surrounds the time, of these dentists and chairs."""
        tz = zone(self.clinic.zone)
        return surroundings(
            self.clinic,
            dentists=dentists,
            chairs=chairs,
            patients=[self.patient] if self.patient else (),
            assistants=[self.assistant] if self.assistant else (),
            first=self.starts_at.astimezone(tz).date(),
            last=(self.starts_at + timedelta(minutes=self.need.minutes)).astimezone(tz).date(),
            at=self.at,
            need=self.need,
            besides=self.besides,
            besides_hold=self.hold,
            limits=limits,
        )


@dataclass(frozen=True)
class Secured:
    """Locked and checked: who and where. overbooks: the conflicts that somebody accepted."""

    dentist: StaffMember
    chair: Chair
    overbooks: tuple[Conflict, ...] = ()

    @property
    def accepted(self) -> list[str]:
        return sorted({reason.kind.value for reason in self.overbooks})


def explain(reason: Conflict) -> str:
    """Return the reason as a sentence, with what somebody entered for it."""
    if not reason.detail:
        return str(reason.kind.label)
    return _("%(reason)s (%(detail)s)") % {"reason": reason.kind.label, "detail": reason.detail}


def offering_alternatives(service: F) -> F:
    """Add the nearest free times to a SlotTaken, after its transaction has ended and its locks are gone."""

    @functools.wraps(service)
    def offering(**given: Any) -> Any:
        try:
            return service(**given)
        except SlotTaken as refusal:
            asked = refusal.asked
            if asked is not None and not refusal.alternatives:
                refusal.alternatives = alternatives(
                    asked.clinic,
                    patient=asked.patient if asked.patient is not None and asked.patient.pk else None,
                    need=asked.need,
                    dentist=asked.dentist,
                    chair=asked.chair,
                    starts_at=asked.starts_at,
                    now=asked.at,
                    besides=asked.besides,
                )
            raise

    return offering  # type: ignore[return-value]


def secure(asked: Asked, *, by: User, overbook_reason: str = "") -> Secured:
    """Lock and check, and return who and where. Must run in a transaction. Raises SlotTaken, NobodyFree, NotAllowed."""
    if overbook_reason:
        require(by, Permission.APPOINTMENT_OVERBOOK, asked.clinic.pk)
    if asked.dentist is not None and asked.chair is not None:
        return _locked(asked, asked.dentist, asked.chair, overbook_reason)
    for dentist, chair in _candidates(asked):
        try:
            # a savepoint: who loses this one gives its locks back before the next, so the order of locks holds
            with transaction.atomic():
                return _locked(asked, dentist, chair, "")
        except SlotTaken as refusal:
            if refusal.conflicts and all(reason.kind is ConflictKind.PATIENT for reason in refusal.conflicts):
                raise
    if asked.dentist is None:
        raise NobodyFree(_common_conflicts(asked), asked)
    return _locked(asked, asked.dentist, _first_chair(asked), overbook_reason)


def lock_together(
    clinic: Clinic, *, dentists: Iterable[StaffMember], chairs: Iterable[Chair], patients: Iterable[Patient]
) -> None:
    """Lock everybody of several bookings at once, so that the order of locks holds over all of them.

    On SQLite the transaction holds the write gate already: there is nothing to lock.
    """
    if not connection.features.has_select_for_update:
        return
    lock_dentists([row.pk for row in dentists])
    lock_chairs(clinic, [row.pk for row in chairs])
    lock_patients([row.pk for row in patients])


def _locked(asked: Asked, dentist: StaffMember, chair: Chair, overbook_reason: str) -> Secured:
    people = [dentist] if asked.assistant is None else [dentist, asked.assistant]
    patients = [asked.patient] if asked.patient is not None else []
    lock_together(asked.clinic, dentists=people, chairs=[chair], patients=patients)
    limits = limits_for(asked.clinic, asked.need)
    lock_limits(limits)
    found = _conflicts(asked, dentist, chair, limits)
    if found and asked.stood is not None:
        known = _conflicts(replace(asked, need=asked.stood), dentist, chair)
        found = [reason for reason in found if reason not in known]
    if not found:
        return Secured(dentist, chair)
    if overbook_reason and not any(reason.kind in HARD for reason in found):
        return Secured(dentist, chair, tuple(found))
    raise SlotTaken(found, asked)


def lock_limits(limits: Sequence[Limit]) -> None:
    """Lock the daily limits that count for a booking, after everybody else: two at once must not both be the last."""
    if limits:
        found = DailyLimit.objects.select_for_update(no_key=True).filter(pk__in=[row.key for row in limits])
        list(found.order_by("pk").values_list("pk"))


def _conflicts(
    asked: Asked, dentist: StaffMember, chair: Chair, limits: Sequence[Limit] | None = None
) -> list[Conflict]:
    around = asked.around([dentist], [chair], limits)
    return conflicts(asked.wish(dentist, chair), around, now=asked.now)


def _candidates(asked: Asked) -> Iterator[tuple[StaffMember, Chair]]:
    """Who and where looked free a moment ago, the best first; each is locked and checked before it is taken."""
    dentists = [asked.dentist] if asked.dentist is not None else dentists_of(asked.clinic)
    chairs = [asked.chair] if asked.chair is not None else chairs_of(asked.clinic)
    around = asked.around(dentists, chairs)
    start = minute_of(asked.starts_at)
    starts = starts_for(
        around,
        dentists=[row.pk for row in dentists],
        chairs=[row.pk for row in chairs],
        need=asked.need,
        assistant=asked.assistant.pk if asked.assistant else None,
        now=asked.now,
    )
    by_id: dict[Any, Chair] = {row.pk: row for row in chairs}
    for dentist in sorted(dentists, key=lambda row: not asked.need.specialties <= frozenset(row.specialties)):
        by_chair = starts[dentist.pk]
        first = (*asked.chairs_first, around.usual_chairs.get(dentist.pk))
        for usual in [*first, *by_id]:
            chair = chair_for({usual: by_chair.get(usual, [])}, start, usual=usual) if usual is not None else None
            if chair is not None:
                yield dentist, by_id[chair]


def _first_chair(asked: Asked) -> Chair:
    """The chair whose conflicts are told when no chair is free: the dentist's usual one, else the first that is able."""
    chairs = chairs_of(asked.clinic)
    if not chairs:
        raise Refused(_("The clinic has no chair yet. Add one under Clinic, Chairs."), code="no_chair")
    wanted = {*asked.chairs_first, getattr(asked.dentist, "usual_chair_id", None)}
    return min(
        chairs,
        key=lambda row: (
            not asked.need.chair <= abilities_of(row.capabilities, row.equipment),
            row.pk not in wanted,
            row.position,
        ),
    )


def _common_conflicts(asked: Asked) -> list[Conflict]:
    """Why nobody is free: what holds against every dentist, else that all are taken."""
    dentists = dentists_of(asked.clinic)
    if not dentists:
        return [Conflict(ConflictKind.ROSTER)]
    chair = asked.chair or _first_chair(asked)
    found = [_conflicts(asked, dentist, chair) for dentist in dentists]
    shared = [reason for reason in found[0] if all(reason in other for other in found)]
    return shared or [Conflict(ConflictKind.DENTIST)]


def enter(appointment: Appointment, asked: Asked) -> None:
    """Insert the appointment. Raises SlotTaken when the database's own exclusion constraints stand against it."""
    if not insert(appointment, or_nothing=is_postgresql()):
        with excluded(asked):
            insert(appointment)


@contextmanager
def excluded(asked: Asked) -> Iterator[None]:
    """Turn a refusal of the database's own exclusion constraints into SlotTaken."""
    try:
        # without such a constraint nothing can be refused here, and a savepoint would be two statements for nothing
        with transaction.atomic() if is_postgresql() else nullcontext():
            yield
    except IntegrityError as failure:
        kind = EXCLUSIONS.get(violated_constraint(failure))
        if kind is None:
            raise
        raise SlotTaken([Conflict(ConflictKind(kind))], asked) from failure
