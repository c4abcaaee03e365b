"""The note of a visit: written as a draft, signed once, then only added to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.kernel import events, live
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.visits import queries
from incisor.visits.enums import VisitStatus
from incisor.visits.events import NoteSigned
from incisor.visits.models import Addendum, Visit, VisitNote
from incisor.visits.rules.merging import merge
from incisor.visits.rules.notes import LONGEST_NEXT_DAYS, addendum_seal, missing_for_signing, seal_of
from incisor.visits.rules.reading import ALL_FIELDS, in_order
from incisor.visits.services._starting import refuse_without_consent
from incisor.visits.services._writing import NoteIsSigned, open_for_writing

TEXTS = ("complaint", "findings", "diagnosis", "treatment", "advice")
FIELDS = frozenset({*TEXTS, "diagnosis_codes", "next_procedure", "next_after_days", "next_note"})

__all__ = ["NoteIsSigned", "add_addendum", "look_at_note", "save_note", "sign_note"]


class NoteChanged(ChangedMeanwhile):
    """Somebody else saved the note first; what was typed here was not written."""

    code = "note_changed"


class NoteIncomplete(Refused):
    """The note lacks something that a signed note must hold. details: missing, the names of the fields."""

    code = "note_incomplete"


class NoteNotSigned(Refused):
    """An addendum belongs to a signed note; this one can still be written in."""

    code = "note_not_signed"


class NextVisitWrong(Refused):
    """The next visit lies too far away, or not ahead."""

    code = "next_visit_wrong"


@action(Permission.PATIENT_SEE)
def look_at_note(*, by: User, visit: Visit, at: datetime, what: str = "visit.note_seen") -> None:
    """Note in the audit trail that somebody read the record of this visit, or printed it, and how much of it."""
    fields = queries.require_fields(visit.clinic, by)
    after = {} if fields == ALL_FIELDS else {"fields": in_order(fields)}
    record(what, subject=visit, patient_id=visit.patient_id, after=after, is_look=True)


@action(Permission.NOTE_WRITE)
def save_note(
    *,
    by: User,
    visit: Visit,
    version: int,
    values: Mapping[str, Any],
    at: datetime,
    seen: Mapping[str, str] | None = None,
) -> VisitNote:
    """Write the draft. version: of the note that the writer saw, 0 when there was none yet.

    values: any of FIELDS; what is not named stays. seen: prints (rules.merging) of the values that the writer's page
    started from; with them, what two people changed at once is put together field by field, and only a field that both
    changed is refused. Raises NoteChanged (details: both, theirs), NoteIsSigned, NextVisitWrong.
    """
    unknown = set(values) - FIELDS
    if unknown:
        raise TypeError(f"a note has no {', '.join(sorted(unknown))}")
    days = values.get("next_after_days")
    if days is not None and not 1 <= days <= LONGEST_NEXT_DAYS:
        raise NextVisitWrong(_("The next visit must be 1 day to 3 years ahead."))
    open_for_writing(visit)
    note = queries.note_of(visit)
    given = dict(values)
    if note is not None and (seen is not None or note.version != version):
        given = _put_together(note, given, seen)
    touched = {"by": by.name, "at": at.isoformat()}
    written = {**given, "written_by": by, "updated_at": at}
    if note is None and version == 0:
        try:
            with transaction.atomic():
                note = VisitNote.objects.create(
                    visit=visit, clinic_id=visit.clinic_id, touched=dict.fromkeys(given, touched), **written
                )
        except IntegrityError as failure:
            raise NoteChanged(_("Somebody else began this note at the same moment.")) from failure
        changed = sorted(values)
    elif note is None:
        raise NoteChanged(_changed_meanwhile())
    else:
        changed = sorted(name for name, value in given.items() if getattr(note, name) != value)
        if not changed:
            return note
        marks = {**note.touched, **dict.fromkeys(changed, touched)}
        kept = VisitNote.objects.filter(visit=visit, version=note.version, signed_at=None)
        if not kept.update(**written, touched=marks, version=F("version") + 1):
            raise NoteChanged(_changed_meanwhile())
        note.refresh_from_db()
    # the words themselves stay out of the trail: it is read by people who may not read notes
    record("visit.note_saved", subject=visit, patient_id=visit.patient_id, after={"fields": changed})
    return note


def _put_together(note: VisitNote, given: dict[str, Any], seen: Mapping[str, str] | None) -> dict[str, Any]:
    """Return the fields that this writer changed. Raises NoteChanged for those that both did, or when it is not known."""
    if seen is None:
        raise NoteChanged(_changed_meanwhile())
    plain = {**given}
    if "next_procedure" in plain:
        plain["next_procedure"] = str(plain["next_procedure"].pk) if plain["next_procedure"] else ""
    found = merge(seen=seen, given=plain, current=queries.plain_values(note))
    if found.both:
        raise NoteChanged(_changed_meanwhile(), both=found.both, theirs=found.theirs)
    return {name: given[name] for name in found.own}


def _changed_meanwhile() -> str:
    return _("Somebody else saved this note meanwhile. Your text is still here: compare, then save again.")


@action(Permission.NOTE_WRITE)
def sign_note(*, by: User, visit: Visit, version: int, at: datetime) -> VisitNote:
    """Sign the note: it is complete, locked and sealed from now on. Publishes NoteSigned.

    Raises NoteIncomplete, NoteChanged, NoteIsSigned, ConsentMissing.
    """
    open_for_writing(visit)
    if visit.status in {VisitStatus.WAITING, VisitStatus.CALLED}:
        raise NoteIncomplete(_("The treatment has not begun. Sign when the patient has been seen."), missing=[])
    note = queries.note_of(visit)
    missing = missing_for_signing(queries.written_in(visit, note))
    if note is None or missing:
        raise NoteIncomplete(
            _("Before signing the note needs: %(fields)s.")
            % {"fields": ", ".join(_labels()[name] for name in missing)},
            missing=missing,
        )
    refuse_without_consent(visit, at=at)
    seal = seal_of(queries.signed_content(visit, note, signed_by=by.pk, signed_at=at))
    signed = VisitNote.objects.filter(pk=note.pk, version=version, signed_at=None)
    if not signed.update(signed_by=by, signed_at=at, seal=seal, version=F("version") + 1):
        raise NoteChanged(_("Somebody else saved this note meanwhile. Read it again before you sign."))
    note.refresh_from_db()
    record("visit.note_signed", subject=visit, patient_id=visit.patient_id, after={"seal": seal})
    events.publish(NoteSigned(clinic_id=visit.clinic_id, visit_id=visit.pk, patient_id=visit.patient_id, at=at))
    live.touch(visit.clinic_id, "day")
    return note


@action(Permission.NOTE_WRITE)
def add_addendum(*, by: User, visit: Visit, text: str, at: datetime) -> Addendum:
    """Add to a signed note. Its seal covers what stood before it. Raises NoteNotSigned, NoteIncomplete."""
    words = text.strip()
    Visit.objects.select_for_update(no_key=True, of=("self",)).filter(pk=visit.pk).first()
    note = queries.note_of(visit)
    if note is None or note.signed_at is None:
        raise NoteNotSigned(_("This note is not signed yet: write in the note itself."))
    if not words:
        raise NoteIncomplete(_("Write what is to be added."), missing=["text"])
    earlier = queries.addenda_of(note)
    before = earlier[-1].seal if earlier else note.seal
    made = Addendum.objects.create(
        note=note, text=words, by=by, at=at, seal=addendum_seal(before=before, text=words, by=str(by.pk), at=at)
    )
    record("visit.addendum_added", subject=visit, patient_id=visit.patient_id, after={"seal": made.seal})
    return made


def _labels() -> dict[str, str]:
    return {
        "complaint": _("Complaint"),
        "findings": _("Findings"),
        "diagnosis": _("Diagnosis"),
        "treatment": _("Treatment"),
    }
