"""Taking a change of a file back."""

from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.kernel.errors import ChangedMeanwhile, NotFound
from incisor.patients.enums import FIELD_LABELS
from incisor.patients.models import Patient, PatientChange
from incisor.patients.services._values import as_text, from_text, set_derived
from incisor.patients.services.files import write_change


class ChangedSince(ChangedMeanwhile):
    """The field was changed again since: taking the first change back would lose the second."""

    code = "changed_since"


@action(Permission.PATIENT_EDIT)
def undo_change(*, by: User, patient: Patient, version: int, at: datetime) -> Patient:
    """Put back what the change that made this version replaced; the history shows both. Raises ChangedSince, NotFound."""
    locked = Patient.objects.select_for_update().select_related("clinic").get(pk=patient.pk)
    changes = list(PatientChange.objects.filter(patient=locked, version=version).order_by("pk"))
    if not changes:
        raise NotFound()
    since = [one for one in changes if as_text(getattr(locked, one.field)) != one.new]
    if since:
        raise ChangedSince(
            _("%(fields)s was changed again since then. Look into the history and set the value that is right.")
            % {"fields": "、".join(str(FIELD_LABELS.get(one.field, one.field)) for one in since)}
        )
    before = {one.field: getattr(locked, one.field) for one in changes}
    for one in changes:
        setattr(locked, one.field, from_text(one.field, one.old))
    set_derived(locked)
    write_change(by, locked, before, [one.field for one in changes], at)
    return locked
