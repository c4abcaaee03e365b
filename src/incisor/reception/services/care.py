"""The dentist has seen the warnings before an operation and decides (REC-9)."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.kernel import live
from incisor.kernel.errors import Refused
from incisor.reception import queries
from incisor.reception.enums import CareDecision
from incisor.reception.models import CareAcknowledgement
from incisor.visits.models import Visit


class NotWarned(Refused):
    """These are not the warnings that stand now."""

    code = "not_warned"


class WordNeeded(Refused):
    """The dentist decides and says why."""

    code = "word_needed"
    status = 422


@action(Permission.NOTE_WRITE)
def acknowledge_care(
    *, by: User, visit: Visit, warnings: Collection[str], decision: str, reason: str, at: datetime
) -> CareAcknowledgement:
    """Note what the dentist decided about a visit's warnings. warnings: the keys that the dentist looked at.

    A warning that came meanwhile stays open. Raises WordNeeded, NotWarned.
    """
    words = reason.strip()
    if not words or decision not in CareDecision.values:
        raise WordNeeded(_("Choose what is to be done, and say why in a few words."))
    standing = [line.key for line in queries.care_of_visit(visit.clinic, visit, at).open]
    seen = [key for key in standing if key in set(warnings)]
    if not seen:
        raise NotWarned(_("Nothing of this stands open any more. Look at the warnings again."))
    word = CareAcknowledgement.objects.create(
        clinic_id=visit.clinic_id, visit=visit, warnings=seen, decision=decision, reason=words[:200], by=by, at=at
    )
    record(
        "visit.care_acknowledged",
        subject=visit,
        patient_id=visit.patient_id,
        after={"warnings": seen, "decision": decision, "reason": words[:200]},
    )
    live.touch(visit.clinic_id, "day")
    return word
