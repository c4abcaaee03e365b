"""Pictures and papers of a visit: checked by their bytes, sealed, shown small and whole, never lost."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.kernel import live, store
from incisor.kernel.errors import NotFound, Refused
from incisor.kernel.pictures import PictureRefused
from incisor.visits.adapters.brought import TAKEN_AT_MOST, Checked
from incisor.visits.enums import AttachmentKind, VisitStatus
from incisor.visits.models import Attachment, Visit
from incisor.visits.rules.teeth import NoSuchTooth, teeth_in_order

MOST_OF_A_VISIT = 60


class TooManyAttachments(Refused):
    """One visit holds no more than so many pictures and papers."""

    code = "too_many_attachments"


@action(Permission.NOTE_WRITE, or_else=(Permission.CHAIR_WORK,))
def attach(
    *,
    by: User,
    visit: Visit,
    file: Checked,
    kind: str,
    at: datetime,
    title: str = "",
    teeth: Iterable[int] = (),
) -> Attachment:
    """Keep a picture or paper with the visit, also after the note was signed. Raises TooManyAttachments, NotFound."""
    locked = Visit.objects.select_for_update(no_key=True, of=("self",)).filter(pk=visit.pk).first()
    if locked is None or locked.status == VisitStatus.WITHDRAWN:
        raise NotFound()
    if Attachment.objects.filter(visit=visit, ended_at=None).count() >= MOST_OF_A_VISIT:
        raise TooManyAttachments(
            _("This visit holds %(count)s pictures and papers, which is the most. Take some out first.")
            % {"count": MOST_OF_A_VISIT}
        )
    try:
        numbers = teeth_in_order(teeth)
    except NoSuchTooth as wrong:
        raise PictureRefused(
            _("%(tooth)s is no tooth. Adult teeth are 11 to 48, milk teeth 51 to 85.") % {"tooth": wrong},
            code="teeth_unknown",
        ) from wrong
    kept = store.keep(file.original, limit=TAKEN_AT_MOST)
    made = Attachment.objects.create(
        clinic_id=visit.clinic_id,
        visit=visit,
        kind=AttachmentKind(kind),
        content=file.content,
        title=title.strip()[:80],
        file_name=file.name,
        teeth=numbers,
        original=kept.key,
        shown=store.keep(file.shown, limit=TAKEN_AT_MOST).key if file.shown else "",
        thumbnail=store.keep(file.thumbnail, limit=TAKEN_AT_MOST).key if file.thumbnail else "",
        size=kept.size,
        sha256=kept.sha256,
        width=file.width,
        height=file.height,
        by=by,
        at=at,
    )
    record(
        "visit.attached",
        subject=made,
        patient_id=visit.patient_id,
        after={"kind": made.kind, "content": made.content, "size": made.size, "sha256": made.sha256},
    )
    live.touch(visit.clinic_id, "day")
    return made


@action(Permission.NOTE_WRITE, or_else=(Permission.CHAIR_WORK,))
def take_out_attachment(*, by: User, attachment: Attachment, at: datetime) -> None:
    """Take out what was brought by mistake; the file stays. Twice changes nothing."""
    if Attachment.objects.filter(pk=attachment.pk, ended_at=None).update(ended_at=at, ended_by=by):
        record(
            "visit.attachment_taken_out",
            subject=attachment,
            patient_id=attachment.visit.patient_id,
            before={"kind": attachment.kind, "sha256": attachment.sha256},
        )


@action(Permission.NOTE_WRITE, or_else=(Permission.CHAIR_WORK,))
def put_back_attachment(*, by: User, attachment: Attachment, at: datetime) -> None:
    """Put back what was taken out."""
    ended = Attachment.objects.filter(pk=attachment.pk).exclude(ended_at=None)
    if ended.update(ended_at=None, ended_by=None):
        record(
            "visit.attachment_put_back",
            subject=attachment,
            patient_id=attachment.visit.patient_id,
            after={"kind": attachment.kind, "sha256": attachment.sha256},
        )


@action(Permission.PATIENT_SEE)
def look_at_attachment(*, by: User, attachment: Attachment, at: datetime) -> None:
    """Note that somebody looked at a picture or paper whole."""
    record(
        "visit.attachment_seen",
        subject=attachment,
        patient_id=attachment.visit.patient_id,
        after={"kind": attachment.kind},
        is_look=True,
    )
