from functools import partial

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incisor.accounts.enums import Permission
from incisor.kernel.hooks import Link, Panel, commands, navigation


class VisitsConfig(AppConfig):
    name = "incisor.visits"
    label = "visits"

    def ready(self) -> None:
        """Show visits and teeth on the patient's page."""
        from incisor.patients.hooks import Figure, import_kinds, patient_figures, patient_panels  # noqa: PLC0415 -- app ready
        from incisor.scheduling.hooks import PlannedTreatments, planned_treatments  # noqa: PLC0415 -- app ready
        from incisor.visits import queries  # noqa: PLC0415 -- app ready
        from incisor.visits.enums import RecordField  # noqa: PLC0415 -- app ready
        from incisor.visits.hooks import TreatmentCheck, before_treatment  # noqa: PLC0415 -- app ready
        from incisor.visits.queries.consents import consent_obstacles  # noqa: PLC0415 -- app ready
        from incisor.visits.queries.figures import visit_count  # noqa: PLC0415 -- app ready
        from incisor.visits.services.import_write import IMPORTED_TREATMENTS  # noqa: PLC0415 -- app ready

        import_kinds.add(IMPORTED_TREATMENTS)
        planned_treatments.add(
            PlannedTreatments(key="note", label=_("Next visit"), order=10, find=queries.planned_treatments)
        )
        planned_treatments.add(
            PlannedTreatments(key="plan", label=_("Treatment plan"), order=20, find=queries.due_next)
        )
        before_treatment.add(
            TreatmentCheck(
                key="consent", label=pgettext_lazy("to treatment", "Consents"), order=10, find=consent_obstacles
            )
        )
        plans = Link(
            key="plans",
            label=_("Treatment plans"),
            order=45,
            permission=Permission.PLAN_SEE,
            url_name="visits:plans",
            icon="report-medical",
            group=_("Desk"),
            words=_("treatment plans estimates decisions awaiting"),
        )
        navigation.add(plans)
        commands.add(plans)
        patient_panels.add(
            Panel(
                key="plans",
                label=_("Plans"),
                order=25,
                permission=Permission.PLAN_SEE,
                url_name="visits:patient-plans",
                icon="report-medical",
                count=queries.open_plan_count,
            )
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
                permission=Permission.PATIENT_SEE,
                shown=partial(queries.reads_field, field=RecordField.TEETH),
                url_name="visits:patient-teeth",
                icon="dental",
            )
        )
        patient_panels.add(
            Panel(
                key="attachments",
                label=_("Pictures and papers"),
                order=20,
                permission=Permission.PATIENT_SEE,
                shown=partial(queries.reads_field, field=RecordField.ATTACHMENTS),
                url_name="visits:patient-attachments",
                icon="photo",
                group="documents",
            )
        )
        patient_panels.add(
            Panel(
                key="health-check",
                label=_("Health check before the visit"),
                order=30,
                permission=Permission.PATIENT_HEALTH,
                url_name="visits:health-check",
                icon="heartbeat",
                group="health",
            )
        )
        navigation.add(
            Link(
                key="record-fields",
                label=_("Records: who reads what"),
                order=76,
                permission=Permission.RECORD_FIELDS,
                url_name="visits:record-fields",
                icon="eye-off",
                group=_("Settings"),
                words=_("record note permission role privacy"),
            )
        )
        navigation.add(
            Link(
                key="note-templates",
                label=_("Ready text for notes"),
                order=77,
                permission=Permission.CLINIC_EDIT,
                url_name="visits:note-templates",
                icon="template",
                group=_("Settings"),
                words=_("template sentences phrases note"),
            )
        )
