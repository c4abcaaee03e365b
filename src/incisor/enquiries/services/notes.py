"""Notes of calls: the note is the task (REC-8)."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from incisor.accounts.access import action, may
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.enquiries.enums import Matter, NoteStatus, NoteStepKind
from incisor.enquiries.models import CallNote, CallNoteStep, PhoneCall
from incisor.kernel import live
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.kernel.ids import uuid7
from incisor.patients.models import Patient
from incisor.patients.rules import clean_phone

LONGEST = 2000


class NoteRefused(Refused):
    """The note cannot be kept like this."""

    code = "note_refused"
    status = 422


@action(Permission.DESK_USE)
def write_note(
    *,
    by: User,
    clinic: Clinic,
    text: str,
    matter: str = Matter.OTHER,
    call: PhoneCall | None = None,
    patient: Patient | None = None,
    caller_name: str = "",
    number: str = "",
    owner: User | None = None,
    due_at: datetime | None = None,
    note_id: UUID | None = None,
    at: datetime,
) -> CallNote:
    """Keep what a caller wanted. With a due time it is a task of its owner (of the writer when nobody is named).

    note_id: made by the form, so that sending it twice writes one note. Raises NoteRefused.
    """
    if not text.strip():
        raise NoteRefused(_("Write down what the caller wants."), field="line")
    if owner is not None and not may(owner, Permission.DESK_USE, clinic.pk):
        raise NoteRefused(_("%(name)s does not work in this clinic.") % {"name": owner.name}, field="line")
    note = CallNote(
        id=note_id or uuid7(), clinic=clinic, call=call, patient=patient or (call.patient if call else None),
        caller_name=caller_name.strip(), number=clean_phone(number) or (call.number if call else ""), matter=matter,
        text=text.strip()[:LONGEST], first_asked=by, owner=owner or by, due_at=due_at,
        status=NoteStatus.OPEN if due_at else NoteStatus.DONE, created_at=at, closed_at=None if due_at else at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            note.save(force_insert=True)
    except IntegrityError:
        return CallNote.objects.get(pk=note.pk, clinic=clinic, first_asked=by)
    _step(note, NoteStepKind.WRITTEN, by=by, at=at, to=note.owner if note.owner_id != by.pk else None)
    record(
        "call_note.written",
        subject=note,
        patient_id=note.patient_id,
        after={"matter": matter, "owner": str(note.owner_id), "due_at": due_at.isoformat() if due_at else None},
    )
    live.touch(clinic.pk, "tasks")
    return note


@action(Permission.DESK_USE)
def hand_on(
    *, by: User, note: CallNote, version: int, owner: User, due_at: datetime, text: str = "", at: datetime
) -> CallNote:
    """Give the task to somebody else; the first person asked stays responsible. Raises NoteRefused, ChangedMeanwhile."""
    if not may(owner, Permission.DESK_USE, note.clinic_id):
        raise NoteRefused(_("%(name)s does not work in this clinic.") % {"name": owner.name}, field="line")
    before = str(note.owner_id)
    _change(note, version, NoteStatus.OPEN, owner=owner, due_at=due_at)
    _step(note, NoteStepKind.HANDED_ON, by=by, at=at, to=owner, text=text)
    record(
        "call_note.handed_on", subject=note, patient_id=note.patient_id,
        before={"owner": before}, after={"owner": str(owner.pk), "due_at": due_at.isoformat()},
    )  # fmt: skip
    return note


@action(Permission.DESK_USE)
def settle_note(*, by: User, note: CallNote, version: int, result: str, at: datetime) -> CallNote:
    """The matter is settled and the caller knows. Raises ChangedMeanwhile."""
    _change(note, version, NoteStatus.OPEN, status=NoteStatus.DONE, result=result.strip()[:LONGEST], closed_at=at)
    _step(note, NoteStepKind.DONE, by=by, at=at, text=result)
    record("call_note.settled", subject=note, patient_id=note.patient_id)
    return note


@action(Permission.DESK_USE)
def reopen_note(*, by: User, note: CallNote, due_at: datetime, at: datetime) -> CallNote:
    """Take back that the matter is settled. Raises ChangedMeanwhile."""
    _change(note, note.version, NoteStatus.DONE, status=NoteStatus.OPEN, closed_at=None, due_at=note.due_at or due_at)
    _step(note, NoteStepKind.REOPENED, by=by, at=at)
    record("call_note.reopened", subject=note, patient_id=note.patient_id)
    return note


@action(Permission.DESK_USE)
def undo_note(*, by: User, note: CallNote, at: datetime) -> None:
    """Take back a note written by mistake: it stays in the record, but nobody has to do anything. Own notes only."""
    mine = CallNote.objects.filter(pk=note.pk, first_asked=by, undone_at=None, version=1)
    if not mine.update(undone_at=at, status=NoteStatus.DONE, version=2):
        raise ChangedMeanwhile(_("Somebody is at work on this note already. Settle it instead."))
    record("call_note.undone", subject=note, patient_id=note.patient_id)
    live.touch(note.clinic_id, "tasks")


def _change(note: CallNote, version: int, only_from: str, **values: object) -> None:
    rows = CallNote.objects.filter(pk=note.pk, version=version, status=only_from, undone_at=None)
    for name, value in values.items():
        setattr(note, name, value)
    kept = {name: getattr(note, name) for name in values}
    if not rows.update(version=version + 1, **kept):
        raise ChangedMeanwhile(_("Somebody else has just changed this note. The list shows the latest state."))
    note.version = version + 1
    live.touch(note.clinic_id, "tasks")


def _step(
    note: CallNote, kind: str, *, by: User, at: datetime, to: User | None = None, text: str = ""
) -> None:  # fmt: skip
    CallNoteStep.objects.create(note=note, kind=kind, to=to, text=text.strip()[:LONGEST], by=by, at=at)
