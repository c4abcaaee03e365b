"""What this app itself keeps of a patient: the parts of a merge, and of a person's own copy of the data."""

from django.utils.translation import gettext_lazy as _

from incisor.patients.enums import FIELD_LABELS
from incisor.patients.hooks import DataPart, MergePart
from incisor.patients.services._moving import FAMILY, move_family, return_family

MERGE_PARTS = (
    MergePart(key="alerts", label=_("Allergies, illnesses, medication, warnings"), order=1,
              fields=("patients.PatientAlert.patient",), told=str),
    MergePart(key="readings", label=_("Readings and what was denied"), order=2,
              fields=("patients.HealthReading.patient", "patients.HealthDenial.patient")),
    MergePart(key="family", label=_("Family and companions"), order=3, fields=FAMILY, move=move_family,
              undo=return_family),
    MergePart(key="referred", label=_("Patients who came through this one"), order=4,
              fields=("patients.Patient.referrer",), told=str),
    MergePart(key="consents", label=_("Consents"), order=5, fields=("patients.Consent.patient",)),
    MergePart(key="requests", label=_("Requests about own data"), order=6, fields=("patients.DataRequest.patient",)),
    MergePart(key="photos", label=_("Photos"), order=7, fields=("patients.PatientPhoto.patient",)),
    MergePart(key="standing", label=_("Membership, points, restrictions"), order=8,
              fields=("patients.Membership.patient", "patients.PointEntry.patient", "patients.Restriction.patient")),
)  # fmt: skip

DATA_PARTS = (
    DataPart(key="alerts", label=_("Allergies, illnesses, medication, warnings"), order=1,
             model="patients.PatientAlert",
             columns=(("kind", _("What is it?")), ("text", _("In the patient's own words")), ("recorded_at", _("Noted")),
                      ("ended_at", _("Ended")))),
    DataPart(key="family", label=_("Family and companions"), order=2, model="patients.FamilyLink",
             columns=(("relation", _("Relation")), ("relative__name", FIELD_LABELS["name"]))),
    DataPart(key="consents", label=_("Consents"), order=3, model="patients.Consent",
             columns=(("purpose", _("What for")), ("state", _("State")), ("way", _("How")), ("at", _("When")))),
    DataPart(key="requests", label=_("Requests about own data"), order=4, model="patients.DataRequest",
             columns=(("kind", _("What for")), ("status", _("State")), ("recorded_at", _("When")))),
    DataPart(key="points", label=_("Points"), order=5, model="patients.PointEntry",
             columns=(("at", _("When")), ("points", _("Points")), ("reason", _("Reason")))),
    DataPart(key="changes", label=_("History of changes"), order=90, model="patients.PatientChange",
             columns=(("at", _("When")), ("field", _("Field")), ("old", _("Before")), ("new", _("After")))),
)  # fmt: skip
