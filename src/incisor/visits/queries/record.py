"""A record as somebody may read it: what is not open to the reader is not asked for, so that no page can show it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from incisor.clinics.models import Clinic, Procedure
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.patients.models import Patient
from incisor.visits.enums import RecordField, VisitStatus
from incisor.visits.models import (
    Addendum,
    Attachment,
    PrescribedDrug,
    ToothFinding,
    TreatmentDone,
    Visit,
    VisitNote,
)
from incisor.visits.queries.notes import addenda_of, drugs_of, findings_of, note_is_whole, note_of, treatments_of
from incisor.visits.rules.mouth import Entry

F = RecordField
# the parts that are columns of the note
COLUMNS: dict[str, tuple[str, ...]] = {
    F.COMPLAINT: ("complaint",),
    F.FINDINGS: ("findings",),
    F.DIAGNOSIS: ("diagnosis", "diagnosis_codes"),
    F.TREATMENT: ("treatment",),
    F.ADVICE: ("advice",),
    F.NEXT_VISIT: ("next_procedure_id", "next_after_days", "next_note"),
}
ALWAYS = ("pk", "written_by__name", "updated_at", "signed_by__name", "signed_at", "seal", "version")


@dataclass
class Record:
    """What one reader reads of a visit's record. fields: what is open; everything else is empty and was never read."""

    visit: Visit
    fields: frozenset[str]
    is_written: bool = False
    written_by: str = ""
    updated_at: datetime | None = None
    signed_by: str = ""
    signed_at: datetime | None = None
    seal: str = ""
    is_whole: bool = True
    values: dict[str, Any] = field(default_factory=dict)
    next_procedure: Procedure | None = None
    findings: list[ToothFinding] = field(default_factory=list)
    treatments: list[TreatmentDone] = field(default_factory=list)
    drugs: list[PrescribedDrug] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    addenda: list[Addendum] = field(default_factory=list)

    @property
    def is_signed(self) -> bool:
        return self.signed_at is not None

    @property
    def is_part(self) -> bool:
        """Tell whether the reader sees less than all of it."""
        return self.fields != frozenset(RecordField)

    @property
    def texts(self) -> list[tuple[str, Any, str]]:
        """Return name, heading and words of the texts that are open, in their order."""
        names = (F.COMPLAINT, F.FINDINGS, F.DIAGNOSIS, F.TREATMENT, F.ADVICE)
        return [(name.value, name.label, self.values.get(name, "")) for name in names if name in self.fields]


def record_of(visit: Visit, fields: Collection[str]) -> Record:
    """Return the record of a visit as far as those fields go."""
    open_to = frozenset(fields)
    found = Record(visit=visit, fields=open_to)
    columns = [column for name in RecordField if name in open_to for column in COLUMNS.get(name, ())]
    rows = VisitNote.objects.filter(visit=visit, clinic_id=visit.clinic_id)
    row = rows.values(*ALWAYS, *columns).first()
    if row is not None:
        found.is_written = True
        found.written_by, found.updated_at = row["written_by__name"], row["updated_at"]
        found.signed_by, found.signed_at, found.seal = row["signed_by__name"] or "", row["signed_at"], row["seal"]
        found.values = {column: row[column] for column in columns}
        if found.values.get("next_procedure_id"):
            found.next_procedure = Procedure.objects.get(pk=found.values["next_procedure_id"])
        if found.is_signed:
            note = note_of(visit)
            found.is_whole = note is not None and note_is_whole(visit, note)
            if F.ADDENDA in open_to and note is not None:
                found.addenda = addenda_of(note)
    if F.TEETH in open_to:
        found.findings = findings_of(visit)
    if F.PROCEDURES in open_to:
        found.treatments = treatments_of(visit)
    if F.PRESCRIPTION in open_to:
        found.drugs = drugs_of(visit)
    if F.ATTACHMENTS in open_to:
        found.attachments = attachments_of(visit)
    return found


def drug_of(visit: Visit, drug_id: Any) -> PrescribedDrug:
    """Return one drug of the visit's prescription, also one that was taken off. Raises NotFound."""
    key = as_uuid(drug_id)
    found = PrescribedDrug.objects.filter(visit=visit, pk=key).first() if key else None
    if found is None:
        raise NotFound()
    return found


def attachments_of(visit: Visit) -> list[Attachment]:
    """Return the pictures and papers of a visit, the newest first."""
    rows = Attachment.objects.filter(visit=visit, ended_at=None).select_related("by")
    return list(rows.order_by("-at", "-pk"))


def attachments_of_patient(clinic: Clinic, patient_id: Any, *, limit: int = 200) -> list[Attachment]:
    """Return the pictures and papers of all the patient's visits, the newest first, each with its visit."""
    rows = Attachment.objects.filter(clinic=clinic, visit__patient_id=patient_id, ended_at=None)
    return list(rows.select_related("by", "visit").order_by("-at", "-pk")[:limit])


def attachment(clinic: Clinic, visit_id: Any, attachment_id: Any) -> Attachment:
    """Return a picture or paper of the clinic's visit, also one that was taken out. Raises NotFound."""
    keys = {"visit": as_uuid(visit_id), "pk": as_uuid(attachment_id)}
    rows = Attachment.objects.filter(clinic=clinic, **keys).exclude(visit__status=VisitStatus.WITHDRAWN)
    found = rows.select_related("visit", "by").first() if all(keys.values()) else None
    if found is None:
        raise NotFound()
    return found


def entries_of_mouth(
    clinic: Clinic,
    patient: Patient,
    *,
    fields: Collection[str],
    before: datetime | None = None,
    visit: Visit | None = None,
) -> list[Entry]:
    """Return what was seen and done on the patient's teeth, as rules.mouth takes it, as far as the reader reads it.

    before: of earlier visits only; visit: of this one only.
    """
    near: dict[str, Any] = {"visit__clinic": clinic, "visit__patient": patient}
    near |= {"visit__arrived_at__lt": before} if before is not None else {}
    near |= {"visit": visit} if visit is not None else {}
    found: list[Entry] = []
    if F.TEETH in fields:
        seen = ToothFinding.objects.filter(**near).exclude(visit__status=VisitStatus.WITHDRAWN)
        columns = ("visit__arrived_at", "tooth", "state", "surfaces", "text")
        for at, tooth, state, surfaces, text in seen.order_by("pk").values_list(*columns):
            found.append(Entry(at=at, tooth=tooth, state=state, surfaces=surfaces, text=text))
    if F.PROCEDURES in fields:
        done = TreatmentDone.objects.filter(**near).exclude(teeth=[]).exclude(visit__status=VisitStatus.WITHDRAWN)
        rows = done.order_by("position", "pk").values_list("visit__arrived_at", "procedure__code", "teeth", "surfaces")
        for at, code, teeth, surfaces in rows:
            found += [Entry(at=at, tooth=tooth, code=code, surfaces=surfaces.get(str(tooth), "")) for tooth in teeth]
    return found


@dataclass(frozen=True)
class ToothLine:
    """One line of a tooth's history: a finding, or a treatment done, with the visit at which it was."""

    tooth: int
    visit: Visit
    finding: ToothFinding | None = None
    treatment: TreatmentDone | None = None

    @property
    def surfaces(self) -> str:
        if self.finding is not None:
            return self.finding.surfaces
        return str(self.treatment.surfaces.get(str(self.tooth), "")) if self.treatment else ""


def tooth_history(
    clinic: Clinic, patient: Patient, *, teeth: Collection[int] = (), fields: Collection[str]
) -> list[ToothLine]:
    """Return what was seen and done on the teeth (all when none are named), the latest visit first."""
    found: list[ToothLine] = []
    wanted = set(teeth)
    if F.TEETH in fields:
        seen = ToothFinding.objects.filter(patient=patient, visit__clinic=clinic)
        seen = seen.filter(tooth__in=wanted) if wanted else seen
        found += [ToothLine(row.tooth, row.visit, finding=row) for row in seen.select_related("visit__dentist")]
    if F.PROCEDURES in fields:
        done = TreatmentDone.objects.filter(visit__patient=patient, visit__clinic=clinic).exclude(teeth=[])
        for row in done.select_related("visit__dentist", "procedure"):
            found += [
                ToothLine(tooth, row.visit, treatment=row) for tooth in row.teeth if not wanted or tooth in wanted
            ]
    found = [line for line in found if line.visit.status != VisitStatus.WITHDRAWN]
    return sorted(
        found, key=lambda line: (line.visit.arrived_at, line.treatment is not None, -line.tooth), reverse=True
    )
