"""Help is needed at a chair: called with one touch, answered at the desk, seen by everybody."""

from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Chair, Clinic
from incisor.kernel import live
from incisor.kernel.errors import ChangedMeanwhile
from incisor.reception.enums import HelpKind
from incisor.reception.models import HelpCall
from incisor.visits.models import Visit

EVERYBODY = (Permission.RECEPTION_WORK, Permission.DESK_USE)


class HelpIsComing(ChangedMeanwhile):
    """Somebody else answered the call, or it is over."""

    code = "help_is_coming"


@action(Permission.CHAIR_WORK, or_else=(Permission.RECEPTION_WORK,))
def call_for_help(
    *,
    by: User,
    clinic: Clinic,
    kind: str,
    at: datetime,
    chair: Chair | None = None,
    visit: Visit | None = None,
    note: str = "",
) -> HelpCall:
    """Call for help. A second touch for the same chair and kind is the same call, unless somebody answered it already."""
    same = HelpCall.objects.filter(clinic=clinic, kind=HelpKind(kind), chair=chair, answered_at=None, ended_at=None)
    found = same.filter(by=by).first()
    if found is not None:
        return found
    made = HelpCall.objects.create(
        clinic=clinic, kind=HelpKind(kind), chair=chair, visit=visit, note=" ".join(note.split())[:120], by=by, at=at
    )
    record(
        "help.called",
        subject=made,
        patient_id=visit.patient_id if visit else None,
        after={"kind": made.kind, "chair": str(chair.pk) if chair else "", "note": made.note},
    )
    _tell(clinic)
    return made


@action(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK, Permission.DESK_USE))
def answer_help(*, by: User, call: HelpCall, at: datetime) -> None:
    """Say: I am coming. Raises HelpIsComing when somebody was faster."""
    mine = HelpCall.objects.filter(pk=call.pk, answered_at=None, ended_at=None)
    if not mine.update(answered_by=by, answered_at=at):
        call.refresh_from_db()
        who = call.answered_by
        raise HelpIsComing(
            _("%(who)s is on the way already.") % {"who": who.name} if who else _("The call has been taken back.")
        )
    call.refresh_from_db()
    record("help.answered", subject=call, after={"kind": call.kind})
    _tell(call.clinic)


@action(Permission.CHAIR_WORK, or_else=EVERYBODY)
def end_help(*, by: User, call: HelpCall, at: datetime) -> None:
    """Take a call back, or say that the help is over. Raises HelpIsComing when that was done already."""
    if not HelpCall.objects.filter(pk=call.pk, ended_at=None).update(ended_at=at):
        raise HelpIsComing(_("The call is over already."))
    call.refresh_from_db()
    record("help.ended", subject=call, after={"kind": call.kind})
    _tell(call.clinic)


def _tell(clinic: Clinic) -> None:
    live.touch(clinic.pk, "help")
    live.touch(clinic.pk, "day")
