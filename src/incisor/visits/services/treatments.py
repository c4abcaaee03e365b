"""The procedures that were done: what charges and follow-ups are made from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Procedure
from incisor.kernel import live
from incisor.kernel.errors import NotFound, Refused
from incisor.visits import queries
from incisor.visits.models import TreatmentDone, Visit
from incisor.visits.rules.teeth import NoSuchSurface, NoSuchTooth, surfaces_in_order, teeth_in_order
from incisor.visits.services._plans import follow_treatments
from incisor.visits.services._writing import open_for_writing

MOST_AT_ONCE = 99


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """One procedure done. quantity: 1 to 99; surfaces: of some of the teeth, "MO"."""

    procedure: Procedure
    teeth: Sequence[int] = ()
    surfaces: Mapping[int, str] = field(default_factory=dict)
    quantity: int = 1
    note: str = field(default="")


class TreatmentWrong(Refused):
    """A quantity or a tooth is impossible."""

    code = "treatment_wrong"


def _checked_teeth(numbers: Iterable[int]) -> list[int]:
    try:
        return teeth_in_order(numbers)
    except NoSuchTooth as wrong:
        raise TreatmentWrong(
            _("%(tooth)s is no tooth. Adult teeth are 11 to 48, milk teeth 51 to 85.") % {"tooth": wrong}
        ) from wrong


def _checked_surfaces(numbers: Iterable[int], surfaces: Mapping[int, str]) -> dict[str, str]:
    """Return the surfaces of those teeth as JSON keeps them: by the number as text."""
    try:
        return {
            str(tooth): surfaces_in_order(surfaces[tooth]) for tooth in teeth_in_order(numbers) if surfaces.get(tooth)
        }
    except NoSuchSurface as wrong:
        raise TreatmentWrong(_("%(surface)s is no surface. Use M O D B L.") % {"surface": wrong}) from wrong


def _checked_quantity(quantity: int) -> int:
    if not 1 <= quantity <= MOST_AT_ONCE:
        raise TreatmentWrong(_("The quantity must be 1 to 99."))
    return quantity


@action(Permission.NOTE_WRITE)
def set_treatments_done(
    *, by: User, visit: Visit, treatments: Sequence[Treatment], at: datetime
) -> list[TreatmentDone]:
    """Record all procedures done at the visit, in this order, in place of those recorded before.

    Raises TreatmentWrong, NoteIsSigned.
    """
    made = [
        TreatmentDone(
            visit=visit,
            procedure=treatment.procedure,
            dentist_id=visit.dentist_id,
            teeth=_checked_teeth(treatment.teeth),
            surfaces=_checked_surfaces(treatment.teeth, treatment.surfaces),
            quantity=_checked_quantity(treatment.quantity),
            note=treatment.note.strip()[:200],
            position=position,
        )
        for position, treatment in enumerate(treatments)
    ]
    open_for_writing(visit)
    before = [row.procedure.code for row in queries.treatments_of(visit)]
    TreatmentDone.objects.filter(visit=visit).delete()
    TreatmentDone.objects.bulk_create(made)
    _note(visit, before, at=at)
    return made


@action(Permission.NOTE_WRITE)
def add_treatment(
    *,
    by: User,
    visit: Visit,
    procedure: Procedure,
    at: datetime,
    teeth: Iterable[int] = (),
    surfaces: Mapping[int, str] | None = None,
    quantity: int = 1,
    note: str = "",
) -> TreatmentDone:
    """Record one more procedure done. Raises TreatmentWrong, NoteIsSigned."""
    open_for_writing(visit)
    rows = queries.treatments_of(visit)
    numbers = list(teeth)
    made = TreatmentDone.objects.create(
        visit=visit,
        procedure=procedure,
        dentist_id=visit.dentist_id,
        teeth=_checked_teeth(numbers),
        surfaces=_checked_surfaces(numbers, surfaces or {}),
        quantity=_checked_quantity(quantity),
        note=note.strip()[:200],
        position=max((row.position for row in rows), default=-1) + 1,
    )
    _note(visit, [row.procedure.code for row in rows], at=at)
    return made


@action(Permission.NOTE_WRITE)
def change_treatment(
    *,
    by: User,
    visit: Visit,
    treatment: TreatmentDone,
    quantity: int,
    teeth: Iterable[int],
    at: datetime,
    surfaces: Mapping[int, str] | None = None,
    note: str = "",
) -> None:
    """Change quantity, teeth and note of a procedure done. Raises TreatmentWrong, NoteIsSigned, NotFound."""
    numbers = list(teeth)
    values = {
        "quantity": _checked_quantity(quantity),
        "teeth": _checked_teeth(numbers),
        "surfaces": _checked_surfaces(numbers, surfaces or {}),
        "note": note.strip()[:200],
    }
    open_for_writing(visit)
    before = [row.procedure.code for row in queries.treatments_of(visit)]
    if not TreatmentDone.objects.filter(visit=visit, pk=treatment.pk).update(**values):
        raise NotFound()
    _note(visit, before, at=at)


@action(Permission.NOTE_WRITE)
def remove_treatment(*, by: User, visit: Visit, treatment: TreatmentDone, at: datetime) -> None:
    """Remove a procedure that was recorded by mistake. Raises NoteIsSigned."""
    open_for_writing(visit)
    before = [row.procedure.code for row in queries.treatments_of(visit)]
    TreatmentDone.objects.filter(visit=visit, pk=treatment.pk).delete()
    _note(visit, before, at=at)


def _note(visit: Visit, before: list[str], *, at: datetime) -> None:
    after = [row.procedure.code for row in queries.treatments_of(visit)]
    record(
        "visit.treatments_recorded",
        subject=visit,
        patient_id=visit.patient_id,
        before={"procedures": before},
        after={"procedures": after},
    )
    follow_treatments(visit.clinic, visit.patient_id, at=at)
    live.touch(visit.clinic_id, "day")
