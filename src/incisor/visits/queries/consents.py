"""Which procedures of a visit need a signed consent before they start, and whether there is one."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from incisor.clinics.models import Clinic, Procedure
from incisor.forms.models import FilledForm
from incisor.forms.queries import needs_consent, signed_consent
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.scheduling.models import AppointmentItem
from incisor.visits.hooks import Obstacle, before_treatment
from incisor.visits.models import ConsentOverrule, TreatmentDone, Visit
from incisor.visits.queries.library import procedure_name


@dataclass(frozen=True)
class Consent:
    """What is known of the consent to one procedure. overruled: a dentist said why it goes on without one."""

    procedure: Procedure
    signed: FilledForm | None
    overruled: ConsentOverrule | None

    @property
    def is_missing(self) -> bool:
        """Whether the treatment may not start yet."""
        return self.signed is None and self.overruled is None


def consents_of(visit: Visit, at: datetime) -> list[Consent]:
    """Return the consents that the visit needs: for what is booked and what was recorded as done."""
    procedures = _procedures_of(visit)
    wanted = [one for one in procedures if one.is_high_risk or needs_consent(visit.clinic, one)]
    if not wanted:
        return []
    rows = ConsentOverrule.objects.filter(visit=visit, taken_back_at=None).select_related("by")
    overruled = {row.procedure_id: row for row in rows}
    return [Consent(one, signed_consent(visit.clinic, visit.patient, one, at), overruled.get(one.pk)) for one in wanted]


def _procedures_of(visit: Visit) -> list[Procedure]:
    found: dict[uuid.UUID, Procedure] = {}
    if visit.appointment_id is not None:
        booked = AppointmentItem.objects.filter(appointment=visit.appointment_id).select_related("procedure")
        found |= {row.procedure_id: row.procedure for row in booked.order_by("position", "pk")}
    done = TreatmentDone.objects.filter(visit=visit).select_related("procedure").order_by("position", "pk")
    return list((found | {row.procedure_id: row.procedure for row in done}).values())


def missing_consents(visit: Visit, at: datetime) -> list[Consent]:
    """Return the consents without which the treatment may not start."""
    return [one for one in consents_of(visit, at) if one.is_missing]


def consent_obstacles(visit: Visit, at: datetime) -> list[Obstacle]:
    """Return missing consents as what stands before the treatment (hooks.before_treatment)."""
    url = reverse("visits:consents", args=[visit.pk])
    return [
        Obstacle(
            key=f"consent-{one.procedure.code}",
            text=_("%(procedure)s: no signed consent.") % {"procedure": procedure_name(one.procedure)},
            url=url,
        )
        for one in missing_consents(visit, at)
    ]


def obstacles_of(visit: Visit, at: datetime) -> list[Obstacle]:
    """Return everything that stands between the patient and the start of the treatment, of all apps."""
    return [obstacle for check in before_treatment for obstacle in check.find(visit, at)]


def overrule(clinic: Clinic, overrule_id: Any) -> ConsentOverrule:
    """Return a dentist's reason to treat without consent. Raises NotFound."""
    key = as_uuid(overrule_id)
    rows = ConsentOverrule.objects.filter(clinic=clinic, pk=key).select_related("visit__clinic", "visit__patient")
    found = rows.first() if key else None
    if found is None:
        raise NotFound()
    return found
