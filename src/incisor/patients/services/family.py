"""Who belongs to whom (PAT-1)."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.kernel import clock
from incisor.kernel.errors import NotFound, Refused
from incisor.patients.enums import GUARDIANS, INVERSE, ContactChannel, Relation
from incisor.patients.models import FamilyLink, Patient
from incisor.patients.rules import ADULT_FROM, age_on
from incisor.patients.services.files import change_patient, register_patient


class CannotLink(Refused):
    """These two cannot be linked so."""

    code = "cannot_link"


@action(Permission.PATIENT_EDIT)
def link_family(
    *, by: User, patient: Patient, relative: Patient, relation: str, at: datetime, is_guardian: bool | None = None
) -> FamilyLink:
    """Note that the relative is the patient's parent, child, companion …; kept in both files.

    is_guardian: the relative decides and signs for the patient; None: parents and grandparents of somebody under age.
    Raises CannotLink."""
    if relation not in Relation.values:
        raise CannotLink(_("Choose what the relative is to the patient."))
    if relative.clinic_id != patient.clinic_id:
        raise NotFound()
    if relative.pk == patient.pk:
        raise CannotLink(_("This is the same file. Choose another person."))
    list(Patient.objects.select_for_update().filter(pk__in=[patient.pk, relative.pk]).order_by("pk"))
    day = clock.local(at, patient.clinic.zone).date()
    back = INVERSE.get(Relation(relation), Relation(relation))
    if is_guardian is None:
        is_guardian = _is_guardian(patient, relation, day)
    link = _write(patient, relative, relation, is_guardian=is_guardian)
    _write(relative, patient, back, is_guardian=_is_guardian(relative, back, day))
    record(
        "patient.family_linked",
        subject=link,
        patient_id=patient.pk,
        after={"relation": relation, "relative": relative.file_number, "is_guardian": is_guardian},
    )
    return link


def _is_guardian(patient: Patient, relation: str, day: date) -> bool:
    age = age_on(born_on=patient.born_on, day=day)
    return relation in GUARDIANS and age is not None and age.years < ADULT_FROM


def _write(patient: Patient, relative: Patient, relation: str, *, is_guardian: bool) -> FamilyLink:
    link, _is_new = FamilyLink.objects.update_or_create(
        patient=patient, relative=relative, defaults={"relation": relation, "is_guardian": is_guardian}
    )
    return link


@action(Permission.PATIENT_EDIT)
def set_guardian(*, by: User, patient: Patient, relative: Patient, is_guardian: bool, at: datetime) -> None:
    """Note whether the relative decides and signs for the patient. Raises NotFound when they are not linked."""
    link = FamilyLink.objects.filter(patient=patient, relative=relative).first()
    if link is None:
        raise NotFound()
    if link.is_guardian == is_guardian:
        return
    FamilyLink.objects.filter(pk=link.pk).update(is_guardian=is_guardian)
    record(
        "patient.guardian_set",
        subject=link,
        patient_id=patient.pk,
        before={"is_guardian": not is_guardian},
        after={"relative": relative.file_number, "is_guardian": is_guardian},
    )


@action(Permission.PATIENT_EDIT)
def register_relative(
    *,
    by: User,
    patient: Patient,
    relation: str,
    name: str,
    at: datetime,
    phone: str = "",
    sex: str = "unknown",
    born_on: date | None = None,
    id_number: str = "",
    is_somebody_else: bool = False,
    request_key: str = "",
) -> Patient:
    """Open a file for the patient's child, parent … and link both in one step.

    Without a phone of its own the new file gets the patient's with the preferred way and time, and says whose it is; the
    address goes along.
    Raises CannotLink, WrongValue, AlreadyRegistered."""
    if relation not in Relation.values:
        raise CannotLink(_("Choose what the relative is to the patient."))
    own = phone.strip()
    new = register_patient(
        by=by,
        clinic=patient.clinic,
        name=name,
        phone=own or patient.phone,
        phone_owner="" if own else _owner(patient, relation),
        sex=sex,
        born_on=born_on,
        id_number=id_number,
        address=patient.address,
        source=patient.source,
        is_somebody_else=is_somebody_else,
        request_key=request_key,
        # whoever answers the phone is reached as that person likes it
        contact_channel=ContactChannel.PHONE if own else patient.contact_channel,
        contact_time="" if own else patient.contact_time,
        at=at,
    )
    link_family(by=by, patient=patient, relative=new, relation=relation, at=at)
    return new


def _owner(patient: Patient, relation: str) -> str:
    """Return whose phone it is from the new file's point of view: 王芳 (parent)."""
    back = INVERSE.get(Relation(relation), Relation(relation))
    return f"{patient.name[:26]} ({back.label})"[:40]


@action(Permission.PATIENT_EDIT)
def share_phone(*, by: User, patient: Patient, relative: Patient, at: datetime) -> Patient:
    """Let the patient be reached by a relative's phone, and note whose it is. Raises CannotLink, NotFound."""
    link = FamilyLink.objects.filter(patient=patient, relative=relative).first()
    if link is None:
        raise NotFound()
    if not relative.phone:
        raise CannotLink(_("%(name)s has no phone in the file either.") % {"name": relative.name})
    owner = f"{relative.name[:26]} ({link.get_relation_display()})"[:40]
    changes = {
        "phone": relative.phone, "phone_owner": owner, "contact_channel": relative.contact_channel,
        "contact_time": relative.contact_time,
    }  # fmt: skip
    return change_patient(by=by, patient=patient, version=patient.version, changes=changes, at=at)


@action(Permission.PATIENT_EDIT)
def unlink_family(*, by: User, patient: Patient, relative: Patient, at: datetime) -> None:
    """Take the link out of both files. Nothing happens when there is none."""
    both = FamilyLink.objects.filter(patient__in=[patient, relative], relative__in=[patient, relative])
    if not both.exists():
        return
    both.delete()
    record("patient.family_unlinked", subject=patient, patient_id=patient.pk, before={"relative": relative.file_number})
