"""What belongs to a visit's record beside the note: drugs, pictures and papers, the check before; who reads what of it."""

from django.db import models
from django.db.models import Q

from incisor.accounts.models import Role, User
from incisor.clinics.models import Clinic
from incisor.kernel.fields import EncryptedTextField, StoreKeyField
from incisor.kernel.models import Row
from incisor.patients.models import Patient
from incisor.scheduling.models import Appointment
from incisor.visits.enums import AttachmentKind, CheckWay, DrugFrequency, DrugRoute
from incisor.visits.models.visit import Visit


class PrescribedDrug(Row):
    """One drug of the visit's prescription. drug: key in data/drugs.json, empty when it was typed freely.

    clashes: what the patient's file said against it, as keys with commas; reason: why the dentist prescribes it all the same.
    Ended: taken off the prescription again; it stays in the record.
    """

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="drugs")
    drug = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=80)
    strength = models.CharField(max_length=60, blank=True)
    dose = models.CharField(max_length=60)
    route = models.CharField(max_length=10, choices=DrugRoute.choices)
    frequency = models.CharField(max_length=10, choices=DrugFrequency.choices)
    days = models.PositiveSmallIntegerField(null=True)
    amount = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=200, blank=True)
    clashes = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(route__in=DrugRoute.values), name="prescribed_drug_route_is_known"),
            models.CheckConstraint(
                condition=Q(frequency__in=DrugFrequency.values), name="prescribed_drug_frequency_is_known"
            ),
            models.CheckConstraint(
                condition=Q(days=None) | Q(days__gte=1, days__lte=90), name="prescribed_drug_days_are_possible"
            ),
            models.CheckConstraint(
                condition=Q(clashes="") | ~Q(reason=""), name="prescribed_drug_that_clashes_has_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["visit", "position"], name="prescribed_drug_by_visit")]


class Attachment(Row):
    """A picture or a paper of a visit, sealed. original: byte for byte what was brought; shown: a JPEG without what the
    camera wrote into it; a PDF has neither shown nor thumbnail. Ended: brought by mistake, it stays in the record."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="attachments")
    kind = models.CharField(max_length=10, choices=AttachmentKind.choices)
    content = models.CharField(max_length=10)
    title = models.CharField(max_length=80, blank=True)
    file_name = EncryptedTextField(blank=True)
    teeth = models.JSONField(default=list)
    original = StoreKeyField()
    shown = StoreKeyField(blank=True)
    thumbnail = StoreKeyField(blank=True)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=AttachmentKind.values), name="attachment_kind_is_known"),
            models.CheckConstraint(
                condition=Q(content__in=["jpeg", "png", "webp", "pdf"]), name="attachment_content_is_known"
            ),
        ]
        indexes = [models.Index(fields=["visit", "at"], name="attachment_by_visit")]

    @property
    def is_picture(self) -> bool:
        return self.content != "pdf"


class HealthCheck(Row):
    """What the patient said about the present state of health before a visit (VIS-4), by phone, at the desk or at the chair.

    answers: sealed JSON, question key to CheckAnswer. visit and appointment: what it was asked for, as far as known.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="health_checks", null=True)
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+", null=True)
    way = models.CharField(max_length=10, choices=CheckWay.choices)
    answers = EncryptedTextField()
    note = EncryptedTextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(way__in=CheckWay.values), name="health_check_way_is_known"),
        ]
        indexes = [models.Index(fields=["patient", "-at"], name="health_check_by_patient")]


class RecordReading(Row):
    """Which parts of a record a role reads in this clinic (enums.RecordField). Without a row the role's permissions say."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    fields = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "role"], name="record_reading_of_a_role_is_one"),
        ]


class NoteTemplate(Row):
    """Ready text for a kind of visit, written by the clinic; a key of data/phrases.json stands in for the shipped one.

    procedures, diagnoses: codes it belongs to. sentences: by section of the note, [{"zh": …, "en": …, "usual": true}].
    earlier: what stood here before the last change, for undoing it.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60, blank=True)
    procedures = models.JSONField(default=list)
    diagnoses = models.JSONField(default=list)
    sentences = models.JSONField(default=dict)
    earlier = models.JSONField(default=dict)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "key"], name="note_template_key_is_unique"),
        ]
