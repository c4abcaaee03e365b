"""What every change of a note begins with."""

from django.utils.translation import gettext as _

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
    if VisitNote.objects.filter(visit=visit).exclude(signed_at=None).exists():
        raise NoteIsSigned(_("This note is signed and locked. Write an addendum instead."))
