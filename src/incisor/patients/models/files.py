"""Patients: identity, contacts, family, alerts, the keys by which they are found, imports."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from incisor.accounts.models import User
from incisor.clinics.models import Clinic
from incisor.kernel.fields import EncryptedTextField, KeyTextField
from incisor.kernel.models import Row
from incisor.patients.enums import AlertKind, BatchStatus, ContactChannel, KeyKind, PaperKind, Relation, Sex, Source
from incisor.patients.rules.health import health_label
from incisor.patients.rules.phones import last_four


class ImportBatch(Row):
    """One import: who brought which file, what it would do and did. kind: "patients" or "appointments"."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    file_name = models.CharField(max_length=120)
    content_hash = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=BatchStatus.choices)
    mapping = models.JSONField(default=dict)
    row_count = models.PositiveIntegerField(default=0)
    done_count = models.PositiveIntegerField(default=0)
    created_count = models.PositiveIntegerField(default=0)
    updated_count = models.PositiveIntegerField(default=0)
    unchanged_count = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=BatchStatus.values), name="import_batch_status_is_known"),
        ]

    @property
    def is_running(self) -> bool:
        """Tell whether portions are left to write or to take back."""
        return self.status in (BatchStatus.RUNNING, BatchStatus.REVERSING)

    @property
    def percent(self) -> int:
        return self.done_count * 100 // self.row_count if self.row_count else 100


class Patient(Row):
    """One person, one file, in the clinic that keeps it. Phone, ID number and address are sealed; look-ups go by key."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    file_number = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    pinyin = models.CharField(max_length=120, blank=True)
    sex = models.CharField(max_length=10, choices=Sex.choices, default=Sex.UNKNOWN)
    born_on = models.DateField(null=True)
    phone = EncryptedTextField(blank=True)
    phone_index = KeyTextField(max_length=40, blank=True)
    phone_owner = models.CharField(max_length=40, blank=True)
    email = EncryptedTextField(blank=True)
    id_number = EncryptedTextField(blank=True)
    id_index = KeyTextField(max_length=40, blank=True)
    id_kind = models.CharField(max_length=16, choices=PaperKind.choices, blank=True)
    insurance_number = EncryptedTextField(blank=True)
    card_number = models.CharField(max_length=30, blank=True)
    address = EncryptedTextField(blank=True)
    occupation = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    contact_channel = models.CharField(max_length=10, choices=ContactChannel.choices, default=ContactChannel.PHONE)
    contact_time = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=20, choices=Source.choices, blank=True)
    source_detail = models.CharField(max_length=80, blank=True)
    referrer = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True)
    special_needs = models.JSONField(default=list)
    tags = models.JSONField(default=list)
    note = EncryptedTextField(blank=True)
    is_active = models.BooleanField(default=True)
    # the file that this one was merged into; its number and links lead there
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    # hidden from everybody without the permission, on the patient's request
    restricted_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    import_batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    external_id = models.CharField(max_length=60, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    last_seen_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(contact_channel__in=ContactChannel.values), name="patient_contact_channel_is_known"
            ),
            models.CheckConstraint(condition=Q(source__in=["", *Source.values]), name="patient_source_is_known"),
            models.CheckConstraint(condition=Q(id_kind__in=["", *PaperKind.values]), name="patient_id_kind_is_known"),
            models.UniqueConstraint(fields=["clinic", "file_number"], name="patient_file_number_is_unique"),
            models.CheckConstraint(condition=Q(sex__in=Sex.values), name="patient_sex_is_known"),
            models.CheckConstraint(condition=~Q(merged_into=models.F("id")), name="patient_is_not_merged_into_itself"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(is_active=False), name="patient_merged_is_not_in_use"
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "phone_index"], name="patient_by_phone"),
            models.Index(fields=["clinic", "id_index"], name="patient_by_id_number"),
            models.Index(fields=["clinic", "external_id"], condition=~Q(external_id=""), name="patient_by_old_number"),
            models.Index(fields=["clinic", "born_on"], name="patient_by_birth_date"),
            models.Index(fields=["clinic", "-created_at"], name="patient_by_newest"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="patient_by_merged_into"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def last_four(self) -> str:
        """Return the end of the phone, by which people of one name are told apart; empty where it was not read."""
        return "" if "phone" in self.get_deferred_fields() else last_four(self.phone)

    @property
    def current_alerts(self) -> list["PatientAlert"]:
        """Return what is not over. Free of queries after queries.with_badge; without it, safety comes before speed."""
        known: list[PatientAlert] | None = getattr(self, "open_alerts", None)
        if known is None:
            known = list(self.alerts.filter(ended_at=None).order_by("recorded_at", "pk"))
            self.open_alerts = known
        return known

    @property
    def allergies(self) -> list["PatientAlert"]:
        """Return what must stand in red wherever the patient appears."""
        return [alert for alert in self.current_alerts if alert.kind == AlertKind.ALLERGY]

    @property
    def warnings(self) -> list["PatientAlert"]:
        """Return warnings for everybody at the desk (not illnesses or medication)."""
        return [alert for alert in self.current_alerts if alert.kind == AlertKind.WARNING]


class SearchKey(Row):
    """A text by which a patient is found: begins-with on name, pinyin and initials; whole on the hashes of numbers."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="search_keys", db_index=False)
    kind = models.CharField(max_length=10, choices=KeyKind.choices)
    key = KeyTextField(max_length=130)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=KeyKind.values), name="search_key_kind_is_known"),
        ]
        indexes = [
            models.Index(fields=["clinic", "key", "patient"], name="search_key_by_text"),
            models.Index(fields=["patient"], name="search_key_by_patient"),
        ]


class PatientAlert(Row):
    """Something that whoever treats the patient must know. Ended, never deleted."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="alerts")
    kind = models.CharField(max_length=12, choices=AlertKind.choices)
    code = models.CharField(max_length=40, blank=True)
    text = EncryptedTextField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=AlertKind.values), name="patient_alert_kind_is_known"),
        ]
        indexes = [models.Index(fields=["patient", "ended_at"], name="patient_alert_by_patient")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Return what is shown, in the reader's language when it was chosen from the list."""
        return health_label(kind=self.kind, code=self.code, language=get_language() or "") or self.text


class FamilyLink(Row):
    """The relative is the patient's parent, child, companion … Kept once for each direction.

    is_guardian: the relative decides and signs for the patient, and is the one to be called."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="family_links")
    relative = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    relation = models.CharField(max_length=12, choices=Relation.choices)
    is_guardian = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(relation__in=Relation.values), name="family_link_relation_is_known"),
            models.UniqueConstraint(fields=["patient", "relative"], name="family_link_is_unique"),
            models.CheckConstraint(condition=~Q(patient=models.F("relative")), name="family_link_is_between_two"),
        ]


class PatientChange(Row):
    """One field's old and new value, with author and time: nothing of a file is overwritten unseen (PAT-8).

    version: the patient's version that came of it."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="changes")
    field = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    old = EncryptedTextField(blank=True)
    new = EncryptedTextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["patient", "-at"], name="patient_change_by_time"),
            models.Index(fields=["at", "patient"], name="patient_change_by_moment"),
        ]


class ImportRow(Row):
    """One line of an imported file: its cells (sealed, a JSON list), what is wrong with it, what became of it.

    problems: list of {column, what, to_do}, without the values; planned and outcome: RowOutcome. before: what reversing
    needs to know (sealed JSON)."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="rows", db_index=False)
    number = models.PositiveIntegerField()
    values = EncryptedTextField()
    problems = models.JSONField(default=list)
    planned = models.CharField(max_length=12, blank=True)
    outcome = models.CharField(max_length=12, blank=True)
    result_id = models.UUIDField(null=True)
    before = EncryptedTextField(blank=True)
    is_wrong = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="import_row_is_unique")]
        indexes = [models.Index(fields=["batch", "outcome", "number"], name="import_row_by_outcome")]


class ColumnMemory(Row):
    """Which column of a file was which field, last time."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    heading = models.CharField(max_length=80)
    field = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "kind", "heading"], name="column_memory_is_unique")]
