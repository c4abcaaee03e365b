from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from incisor.accounts.enums import Permission
from incisor.kernel.hooks import Panel


class VisitsConfig(AppConfig):
    name = "incisor.visits"
    label = "visits"

    def ready(self) -> None:
        """Show visits and teeth on the patient's page."""
        from incisor.patients.hooks import Figure, import_kinds, patient_figures, patient_panels  # noqa: PLC0415 -- app ready
        from incisor.scheduling.hooks import PlannedTreatments, planned_treatments  # noqa: PLC0415 -- app ready
        from incisor.visits import queries  # noqa: PLC0415 -- app ready
        from incisor.visits.queries.figures import visit_count  # noqa: PLC0415 -- app ready
        from incisor.visits.services.import_write import IMPORTED_TREATMENTS  # noqa: PLC0415 -- app ready

        import_kinds.add(IMPORTED_TREATMENTS)
        planned_treatments.add(
            PlannedTreatments(key="note", label=_("Next visit"), order=10, find=queries.planned_treatments)
        )

        patient_figures.add(Figure(key="visits", label=_("Visits"), order=10, find=visit_count))
        patient_panels.add(
            Panel(
                key="visits",
                label=_("Visits"),
                order=20,
                permission=Permission.PATIENT_SEE,
                url_name="visits:patient-visits",
                icon="clipboard-list",
            )
        )
        patient_panels.add(
            Panel(
                key="teeth",
                label=_("Teeth"),
                order=30,
                permission=Permission.NOTE_SEE,
                url_name="visits:patient-teeth",
                icon="dental",
            )
        )
