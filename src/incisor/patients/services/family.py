"""Who belongs to whom (PAT-1)."""

from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.kernel.errors import NotFound, Refused
from incisor.patients.enums import INVERSE, Relation
from incisor.patients.models import FamilyLink, Patient


class CannotLink(Refused):
    """These two cannot be linked so."""

    code = "cannot_link"


@action(Permission.PATIENT_EDIT)
def link_family(*, by: User, patient: Patient, relative: Patient, relation: str, at: datetime) -> FamilyLink:
    """Note that the relative is the patient's parent, child, companion …; kept in both files. Raises CannotLink."""
    if relation not in Relation.values:
        raise CannotLink(_("Choose what the relative is to the patient."))
    if relative.clinic_id != patient.clinic_id:
        raise NotFound()
    if relative.pk == patient.pk:
        raise CannotLink(_("This is the same file. Choose another person."))
    list(Patient.objects.select_for_update().filter(pk__in=[patient.pk, relative.pk]).order_by("pk"))
    link, _is_new = FamilyLink.objects.update_or_create(
        patient=patient, relative=relative, defaults={"relation": relation}
    )
    back = INVERSE.get(Relation(relation), Relation(relation))
    FamilyLink.objects.update_or_create(patient=relative, relative=patient, defaults={"relation": back})
    record(
        "patient.family_linked",
        subject=link,
        patient_id=patient.pk,
        after={"relation": relation, "relative": relative.file_number},
    )
    return link


@action(Permission.PATIENT_EDIT)
def unlink_family(*, by: User, patient: Patient, relative: Patient, at: datetime) -> None:
    """Take the link out of both files. Nothing happens when there is none."""
    both = FamilyLink.objects.filter(patient__in=[patient, relative], relative__in=[patient, relative])
    if not both.exists():
        return
    both.delete()
    record("patient.family_unlinked", subject=patient, patient_id=patient.pk, before={"relative": relative.file_number})
