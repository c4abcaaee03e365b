"""What the imports of patients are made of."""

from django.utils.translation import gettext_lazy as _

from incisor.patients.hooks import ImportKind
from incisor.patients.services import _import_check, _import_fields, _import_write

IMPORTED_PATIENTS = ImportKind(
    key="patients",
    label=_("Patients"),
    order=10,
    fields=_import_fields.FIELDS,
    check=_import_check.check,
    write=_import_write.write,
    reverse=_import_write.reverse,
    layouts=(_import_fields.OPEN_DENTAL,),
)
