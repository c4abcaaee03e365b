"""What has to be in order before a treatment starts. Not a service: it runs inside the step that starts it."""

from datetime import datetime

from django.utils.translation import gettext as _

from incisor.kernel.errors import Refused
from incisor.visits.enums import VisitStage
from incisor.visits.models import Visit
from incisor.visits.queries.consents import missing_consents, obstacles_of
from incisor.visits.queries.library import procedure_name

STARTS = frozenset(VisitStage) - {VisitStage.SEATED}


class NotReadyForTreatment(Refused):
    """Something stands between the patient and the treatment. details: url, the page where it is put right; obstacles."""

    code = "not_ready_for_treatment"


class ConsentMissing(Refused):
    """A procedure was done for which nobody signed. details: url."""

    code = "consent_missing"


def refuse_unready(visit: Visit, *, stage: str, at: datetime) -> None:
    """Refuse a stage in which the treatment starts while something is not in order. Raises NotReadyForTreatment."""
    if stage not in STARTS:
        return
    obstacles = obstacles_of(visit, at)
    if obstacles:
        raise NotReadyForTreatment(
            _("The treatment cannot start yet. %(what)s Have it signed, or let the dentist say why it starts without.")
            % {"what": " ".join(one.text for one in obstacles)},
            url=obstacles[0].url,
            obstacles=[one.key for one in obstacles],
        )


def refuse_without_consent(visit: Visit, *, at: datetime) -> None:
    """Refuse to sign a note while a consent is missing for what was done. Raises ConsentMissing."""
    done = set(visit.treatments.values_list("procedure_id", flat=True))
    names = [procedure_name(one.procedure) for one in missing_consents(visit, at) if one.procedure.pk in done]
    if names:
        raise ConsentMissing(
            _("No signed consent for: %(names)s. Say on the page “Consents” why it was done without, then sign.")
            % {"names": ", ".join(names)}
        )
