"""What every change of a note begins with."""

from django.utils.translation import gettext as _

from incisor.kernel.clock import local
from incisor.kernel.errors import NotFound, Refused
from incisor.visits.enums import VisitStatus
from incisor.visits.models import Visit, VisitNote


class NoteIsSigned(Refused):
    """The note is locked; only addenda are possible (VIS-3)."""

    code = "note_is_signed"


def open_for_writing(visit: Visit) -> None:
    """Lock the visit, so that nobody signs meanwhile, and refuse when its note is signed. Raises NoteIsSigned, NotFound."""
    locked = Visit.objects.select_for_update(no_key=True, of=("self",)).filter(pk=visit.pk).first()
    if locked is None or locked.status == VisitStatus.WITHDRAWN:
        raise NotFound()
    signed = signed_note(visit)
    if signed is not None:
        raise NoteIsSigned(
            _("%(who)s signed this note at %(time)s; it is locked. Write an addendum instead.") % who_signed(signed)
        )


def signed_note(visit: Visit) -> VisitNote | None:
    """Return the visit's note when it is signed, with who signed it and the clinic's clock."""
    rows = VisitNote.objects.filter(visit=visit).exclude(signed_at=None).select_related("signed_by", "clinic")
    return rows.first()


def who_signed(note: VisitNote) -> dict[str, str]:
    """Return who signed the note and when, for a message."""
    at = local(note.signed_at, note.clinic.zone) if note.signed_at else None
    return {"who": note.signed_by.name if note.signed_by else "", "time": f"{at:%H:%M}" if at else ""}
