"""The one gate: lock dentist, chair and patient, then check, so that two people never get the same time.

Why so: on PostgreSQL the row locks let the second one wait until the first has committed; its check then sees the
first one's appointment. On SQLite the whole transaction holds the write gate. Behind both stand exclusion constraints
(PostgreSQL, migration 0002).
"""

import functools
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from incisor.accounts.access import require
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.clinics.models import Chair, Clinic
from incisor.clinics.queries import chairs as chairs_of
from incisor.clinics.queries import lock_chairs
from incisor.kernel.clock import zone
from incisor.kernel.db.constraints import violated_constraint
from incisor.kernel.errors import Refused
from incisor.kernel.spans import minute_of
from incisor.patients.models import Patient
from incisor.scheduling.enums import ConflictKind
from incisor.scheduling.models import EXCLUSIONS, Appointment
from incisor.scheduling.queries import Slot, alternatives, surroundings
from incisor.scheduling.rules import HARD, Conflict, Need, Wish, chair_for, conflicts, free_starts
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
    """What was asked of the gate. dentist, chair: None for any."""

    clinic: Clinic
    patient: Patient
    dentist: StaffMember | None
    chair: Chair | None
    starts_at: datetime
    need: Need
    at: datetime
    besides: Appointment | None = None
    chairs_first: tuple[uuid.UUID | None, ...] = ()
    may_be_past: bool = False

    @property
    def now(self) -> int | None:
        return None if self.may_be_past else minute_of(self.at)

    def wish(self, dentist: StaffMember, chair: Chair) -> Wish:
        need = self.need
        return Wish(dentist.pk, chair.pk, minute_of(self.starts_at), need.minutes, need.buffer, need.chair)


@dataclass(frozen=True)
class Secured:
    """Locked and checked: who and where. overbooks: the conflicts that somebody accepted."""

    dentist: StaffMember
    chair: Chair
    overbooks: tuple[Conflict, ...] = ()


def explain(reason: Conflict) -> str:
    """Return the reason as a sentence, with what somebody entered for it."""
    return f"{reason.kind.label} ({reason.detail})" if reason.detail else str(reason.kind.label)


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
                    patient=asked.patient if asked.patient.pk else None,
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
    """Lock everybody of several bookings at once, so that the order of locks holds over all of them."""
    lock_dentists([row.pk for row in dentists])
    lock_chairs(clinic, [row.pk for row in chairs])
    mine = Patient.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=[row.pk for row in patients])
    list(mine.order_by("pk").values_list("pk"))


def _locked(asked: Asked, dentist: StaffMember, chair: Chair, overbook_reason: str) -> Secured:
    lock_together(asked.clinic, dentists=[dentist], chairs=[chair], patients=[asked.patient])
    found = _conflicts(asked, dentist, chair)
    if not found:
        return Secured(dentist, chair)
    if overbook_reason and not any(reason.kind in HARD for reason in found):
        return Secured(dentist, chair, tuple(found))
    raise SlotTaken(found, asked)


def _days(asked: Asked) -> dict[str, Any]:
    tz = zone(asked.clinic.zone)
    ends_at = asked.starts_at + timedelta(minutes=asked.need.minutes)
    return {"first": asked.starts_at.astimezone(tz).date(), "last": ends_at.astimezone(tz).date()}


def _conflicts(asked: Asked, dentist: StaffMember, chair: Chair) -> list[Conflict]:
    around = surroundings(
        asked.clinic,
        dentists=[dentist],
        chairs=[chair],
        patients=[asked.patient],
        besides=asked.besides,
        **_days(asked),
    )
    return conflicts(asked.wish(dentist, chair), around, now=asked.now)


def _candidates(asked: Asked) -> Iterator[tuple[StaffMember, Chair]]:
    """Who and where looked free a moment ago, the best first; each is locked and checked before it is taken."""
    dentists = [asked.dentist] if asked.dentist is not None else dentists_of(asked.clinic)
    chairs = [asked.chair] if asked.chair is not None else chairs_of(asked.clinic)
    around = surroundings(
        asked.clinic, dentists=dentists, chairs=chairs, patients=[asked.patient], besides=asked.besides, **_days(asked)
    )
    start = minute_of(asked.starts_at)
    starts = free_starts(
        around,
        dentists=[row.pk for row in dentists],
        chairs=[row.pk for row in chairs],
        minutes=asked.need.minutes,
        buffer=asked.need.buffer,
        needs=asked.need.chair,
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
        key=lambda row: (not asked.need.chair <= frozenset(row.capabilities), row.pk not in wanted, row.position),
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


@contextmanager
def excluded(asked: Asked) -> Iterator[None]:
    """Turn a refusal of the database's own exclusion constraints into SlotTaken."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as failure:
        kind = EXCLUSIONS.get(violated_constraint(failure))
        if kind is None:
            raise
        raise SlotTaken([Conflict(ConflictKind(kind))], asked) from failure
