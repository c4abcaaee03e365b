"""Treatments that can be booked: of the whole organisation."""

from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic, Procedure
from incisor.clinics.rules import is_on_grid, pattern_of, pattern_text
from incisor.clinics.services.clinic import CodeTaken
from incisor.clinics.setup import Loaded, load_procedures
from incisor.kernel import live
from incisor.kernel.edits import change, locked, refusing
from incisor.kernel.errors import Refused


class OffGrid(Refused):
    """A length that is not a multiple of five minutes."""

    code = "off_grid"


@dataclass(frozen=True, kw_only=True)
class ProcedureWords:
    """Everything about a procedure that people edit."""

    code: str
    name_zh: str
    name_en: str
    short_zh: str
    duration_minutes: int
    buffer_after_minutes: int
    specialty: str
    chair_needs: list[str]
    follow_up_key: str
    aftercare_key: str
    letter: str
    is_per_tooth: bool
    is_high_risk: bool
    is_active: bool
    buffer_before_minutes: int = 0
    busy: list[list[int]] = field(default_factory=list)
    equipment_needs: list[str] = field(default_factory=list)


def _checked(words: ProcedureWords) -> ProcedureWords:
    if not is_on_grid(words.duration_minutes):
        raise OffGrid(_("The length must be a multiple of 5 minutes."), field="duration_minutes")
    if words.buffer_after_minutes and not is_on_grid(words.buffer_after_minutes):
        raise OffGrid(_("The buffer must be a multiple of 5 minutes."), field="buffer_after_minutes")
    if words.buffer_before_minutes and not is_on_grid(words.buffer_before_minutes):
        raise OffGrid(_("The buffer must be a multiple of 5 minutes."), field="buffer_before_minutes")
    if pattern_of(pattern_text(words.busy), minutes=words.duration_minutes) is None:
        raise OffGrid(_("The dentist's minutes must lie inside the length, in steps of 5."), field="busy")
    return words


def _taken(code: str) -> CodeTaken:
    return CodeTaken(
        _("The code “%(code)s” belongs to another procedure. Take another one.") % {"code": code}, field="code"
    )


@action(Permission.CLINIC_EDIT)
def add_procedure(*, by: User, clinic: Clinic, words: ProcedureWords, at: datetime) -> Procedure:
    """Add a procedure. Raises CodeTaken, OffGrid."""
    values = asdict(_checked(words))
    with refusing({"procedure_code_is_unique": _taken(words.code)}):
        row = Procedure.objects.create(**values)
    record("procedure.added", subject=row, after=values)
    live.touch(clinic.pk, "admin")
    return row


@action(Permission.CLINIC_EDIT)
def change_procedure(
    *, by: User, clinic: Clinic, procedure: Procedure, version: int, words: ProcedureWords, at: datetime
) -> Procedure:
    """Change a procedure; bookings made already keep their length. Raises CodeTaken, OffGrid, ChangedMeanwhile."""
    row = locked(procedure, version=version)
    with refusing({"procedure_code_is_unique": _taken(words.code)}):
        before, after = change(row, asdict(_checked(words)))
    if before != after:
        record("procedure.changed", subject=row, before=before, after=after)
        live.touch(clinic.pk, "admin")
    return row


@action(Permission.CLINIC_EDIT)
def load_shipped_procedures(*, by: User, clinic: Clinic, at: datetime) -> Loaded:
    """Add the shipped procedures whose code is not there yet; those that are there stay as they are."""
    loaded = load_procedures()
    if loaded.added:
        record("procedure.list_loaded", after={"added": loaded.added, "kept": loaded.kept})
        live.touch(clinic.pk, "admin")
    return loaded
