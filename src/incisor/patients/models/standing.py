"""What a clinic has agreed with a patient: membership, points, tags, restrictions (PAT-12)."""

from django.db import models
from django.db.models import Q

from incisor.accounts.models import User
from incisor.clinics.models import Clinic
from incisor.kernel.fields import EncryptedTextField
from incisor.kernel.models import Row
from incisor.patients.enums import Colour, RestrictionKind
from incisor.patients.models.files import Patient


class MembershipLevel(Row):
    """A level that the clinic offers. rules: what a member of it gets, in words for the desk."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=20)
    rules = models.TextField(blank=True)
    colour = models.CharField(max_length=10, choices=Colour.choices, default=Colour.NEUTRAL)
    position = models.PositiveSmallIntegerField(default=1)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "name"], name="membership_level_name_is_unique"),
            models.CheckConstraint(condition=Q(colour__in=Colour.values), name="membership_level_colour_is_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(Row):
    """A patient's level for some time: the row without an end counts. The last day of it may be agreed at the start."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    level = models.ForeignKey(MembershipLevel, on_delete=models.PROTECT, related_name="+")
    last_on = models.DateField(null=True)
    reason = models.CharField(max_length=120, blank=True)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    given_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient"], condition=Q(ended_at=None), name="membership_of_a_patient_is_one"
            ),
        ]
        indexes = [models.Index(fields=["patient", "-given_at"], name="membership_by_patient")]


class PointEntry(Row):
    """Points given (positive) or used (negative). Never changed: a mistake is reversed by an entry that names it."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    points = models.IntegerField()
    reason = models.CharField(max_length=120)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, related_name="reversal", null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(points=0), name="point_entry_is_not_nothing")]
        indexes = [models.Index(fields=["patient", "-at"], name="point_entry_by_patient")]


class Tag(Row):
    """A word of the clinic's list: files carry its name. meaning: what the desk does differently."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=20)
    meaning = models.CharField(max_length=200, blank=True)
    colour = models.CharField(max_length=10, choices=Colour.choices, default=Colour.NEUTRAL)
    position = models.PositiveSmallIntegerField(default=1)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "name"], name="tag_name_is_unique"),
            models.CheckConstraint(condition=Q(colour__in=Colour.values), name="tag_colour_is_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Restriction(Row):
    """What is asked of a patient before an appointment stands, with reason and author, until a day or until it is ended."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=16, choices=RestrictionKind.choices)
    reason = EncryptedTextField()
    last_on = models.DateField(null=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    set_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RestrictionKind.values), name="restriction_kind_is_known"),
            models.UniqueConstraint(
                fields=["patient", "kind"], condition=Q(ended_at=None), name="restriction_is_in_force_once"
            ),
        ]
        indexes = [models.Index(fields=["patient", "ended_at"], name="restriction_by_patient")]
