"""What stays of an old system's own lists, so that the numbers in its tables can be read."""

from django.db import models
from django.db.models import Q

from incisor.clinics.models import Clinic
from incisor.kernel.models import Row
from incisor.patients.enums import OldList
from incisor.patients.models.files import ImportBatch


class OldName(Row):
    """A line of a list of the old system: its number, and the names and codes under which we may know the same.

    Tables of the old system name dentists, rooms and treatments by these numbers only.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=OldList.choices)
    number = models.CharField(max_length=40)
    words = models.JSONField(default=list)
    import_batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "kind", "number"], name="old_name_is_unique"),
            models.CheckConstraint(condition=Q(kind__in=OldList.values), name="old_name_kind_is_known"),
        ]
