"""Notes, teeth and procedures done."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from incisor.clinics.models import Clinic, Procedure
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.patients.models import Patient
from incisor.visits.models import Addendum, PrescribedDrug, ToothFinding, TreatmentDone, Visit, VisitNote
from incisor.visits.queries.next_visit import next_visits_wanted
from incisor.visits.rules.notes import SignedContent, Written, addendum_seal, seal_of

# the fields of a note that are plain values
PLAIN = (
    "complaint", "findings", "diagnosis", "treatment", "advice", "diagnosis_codes", "next_after_days", "next_note",
)  # fmt: skip


def note_of(visit: Visit) -> VisitNote | None:
    """Return the visit's note with its author, signer and next procedure; None when nothing was written yet."""
    rows = VisitNote.objects.filter(visit=visit, clinic_id=visit.clinic_id)
    return rows.select_related("written_by", "signed_by", "next_procedure").first()


def planned_treatments(clinic: Clinic, patient: Patient) -> list[Procedure]:
    """Return what the last visit plans for the patient's next one; nothing once the patient has come again."""
    last = Visit.objects.filter(clinic=clinic, patient=patient).order_by("-arrived_at").values_list("pk", flat=True)[:1]
    wanted = next_visits_wanted(clinic, list(last))
    return [one.procedure for one in wanted.values() if one.procedure is not None]


def addenda_of(note: VisitNote) -> list[Addendum]:
    """Return what was added after signing, in order."""
    return list(note.addenda.select_related("by").order_by("at", "pk"))


def findings_of(visit: Visit) -> list[ToothFinding]:
    """Return what was seen on teeth at this visit."""
    return list(ToothFinding.objects.filter(visit=visit).order_by("tooth", "pk"))


def treatments_of(visit: Visit) -> list[TreatmentDone]:
    """Return the procedures done at the visit, in their order."""
    rows = TreatmentDone.objects.filter(visit=visit).select_related("procedure")
    return list(rows.order_by("position", "pk"))


def treatment_of(visit: Visit, treatment_id: Any) -> TreatmentDone:
    """Return one procedure done at the visit. Raises NotFound."""
    key = as_uuid(treatment_id)
    found = TreatmentDone.objects.filter(visit=visit, pk=key).select_related("procedure").first() if key else None
    if found is None:
        raise NotFound()
    return found


def drugs_of(visit: Visit) -> list[PrescribedDrug]:
    """Return what the visit's prescription holds, in its order."""
    rows = PrescribedDrug.objects.filter(visit=visit, ended_at=None).select_related("by")
    return list(rows.order_by("position", "pk"))


def written_in(visit: Visit, note: VisitNote | None) -> Written:
    """Return what a note holds, for the rule that says whether it may be signed."""
    return Written(
        complaint=note.complaint if note else "",
        findings=note.findings if note else "",
        diagnosis=note.diagnosis if note else "",
        treatment=note.treatment if note else "",
        codes=len(note.diagnosis_codes) if note else 0,
        tooth_findings=ToothFinding.objects.filter(visit=visit).count(),
        treatments=TreatmentDone.objects.filter(visit=visit).count(),
    )


def signed_content(visit: Visit, note: VisitNote, *, signed_by: uuid.UUID, signed_at: datetime) -> SignedContent:
    """Return everything that a signature on the note stands for."""
    return content_of(
        visit,
        note,
        findings=findings_of(visit),
        treatments=treatments_of(visit),
        drugs=drugs_of(visit),
        signed_by=signed_by,
        signed_at=signed_at,
    )


def content_of(
    visit: Visit,
    note: VisitNote,
    *,
    findings: Iterable[ToothFinding],
    treatments: Iterable[TreatmentDone],
    drugs: Iterable[PrescribedDrug],
    signed_by: uuid.UUID,
    signed_at: datetime,
) -> SignedContent:
    """Return these rows as the plain values that a seal covers."""
    return SignedContent(
        visit=str(visit.pk),
        clinic=str(visit.clinic_id),
        texts={
            "complaint": note.complaint,
            "findings": note.findings,
            "diagnosis": note.diagnosis,
            "treatment": note.treatment,
            "advice": note.advice,
        },
        codes=tuple(note.diagnosis_codes),
        teeth=tuple((found.tooth, str(found.state), found.surfaces, found.text) for found in findings),
        treatments=tuple(
            (done.procedure.code, tuple(done.teeth), done.surfaces, done.quantity, done.note) for done in treatments
        ),
        drugs=tuple(
            (
                drug.name,
                drug.strength,
                drug.dose,
                str(drug.route),
                str(drug.frequency),
                str(drug.days or ""),
                drug.amount,
                drug.note,
                drug.clashes,
                drug.reason,
            )
            for drug in drugs
        ),
        dentist=str(visit.dentist_id or ""),
        kind=str(visit.kind),
        next_visit={
            "procedure": note.next_procedure.code if note.next_procedure else "",
            "after_days": note.next_after_days,
            "note": note.next_note,
        },
        signed_by=str(signed_by),
        signed_at=signed_at,
    )


def note_is_whole(visit: Visit, note: VisitNote) -> bool:
    """Tell whether a signed note and its addenda are still what was signed, by their seals."""
    if note.signed_at is None or note.signed_by_id is None:
        return False
    seal = seal_of(signed_content(visit, note, signed_by=note.signed_by_id, signed_at=note.signed_at))
    if seal != note.seal:
        return False
    for added in addenda_of(note):
        seal = addendum_seal(before=seal, text=added.text, by=str(added.by_id), at=added.at)
        if seal != added.seal:
            return False
    return True


def plain_values(note: VisitNote | None) -> dict[str, Any]:
    """Return a note's fields as prints are made of them: the next procedure by its id."""
    empty: dict[str, Any] = {"diagnosis_codes": [], "next_procedure": "", "next_after_days": None}
    found = {name: getattr(note, name) if note else empty.get(name, "") for name in PLAIN}
    return {**found, "next_procedure": str(note.next_procedure_id or "") if note else ""}
