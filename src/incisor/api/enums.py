"""What a key of the interface may be made for."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incisor.accounts.enums import Permission


class Scope(TextChoices):
    """What a key opens. Values are stored; never change one that was released."""

    CLINIC_READ = "clinic:read", _("Read the clinic, its dentists, chairs and treatments")
    PATIENTS_READ = "patients:read", _("Read patients, personal data masked")
    PATIENTS_WRITE = "patients:write", _("Register and change patients")
    PATIENTS_PERSONAL = "patients:personal", _("See whole phone and ID numbers, birth dates, addresses")
    APPOINTMENTS_READ = "appointments:read", _("Read appointments and free times")
    APPOINTMENTS_WRITE = "appointments:write", _("Hold times, book, move, confirm and cancel")


# What the account of the key must be allowed, and all that it is allowed, whatever its role says besides.
PERMISSIONS: dict[str, Permission] = {
    Scope.CLINIC_READ: Permission.DESK_USE,
    Scope.PATIENTS_READ: Permission.PATIENT_SEE,
    Scope.PATIENTS_WRITE: Permission.PATIENT_EDIT,
    Scope.PATIENTS_PERSONAL: Permission.PATIENT_UNMASK,
    Scope.APPOINTMENTS_READ: Permission.APPOINTMENT_SEE,
    Scope.APPOINTMENTS_WRITE: Permission.APPOINTMENT_BOOK,
}
