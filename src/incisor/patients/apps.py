from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from incisor.accounts.enums import Permission
from incisor.kernel.hooks import Link, Panel, commands, navigation


class PatientsConfig(AppConfig):
    name = "incisor.patients"
    label = "patients"

    def ready(self) -> None:
        """Stand in the navigation and in the search."""
        from incisor.patients import jobs  # noqa: F401, PLC0415 -- registers them
        from incisor.patients.hooks import data_parts, import_kinds, merge_parts  # noqa: PLC0415 -- models are ready only now
        from incisor.patients.services import (  # noqa: PLC0415 -- same
            DATA_PARTS,
            IMPORTED_OLD_NAMES,
            IMPORTED_PATIENTS,
            MERGE_PARTS,
        )

        import_kinds.add(IMPORTED_OLD_NAMES)
        import_kinds.add(IMPORTED_PATIENTS)
        for part in MERGE_PARTS:
            merge_parts.add(part)
        for copied in DATA_PARTS:
            data_parts.add(copied)
        from incisor.patients.hooks import patient_badges, patient_panels  # noqa: PLC0415 -- models are ready only now
        from incisor.patients.queries.badges import MEMBERSHIP_BADGES, RESTRICTION_BADGES  # noqa: PLC0415 -- same

        patient_panels.add(
            Panel(
                key="health", label=_("Medical background"), order=25, icon="heartbeat", group="health",
                permission=Permission.PATIENT_HEALTH, url_name="patients:health",
            )
        )  # fmt: skip
        patient_badges.add(RESTRICTION_BADGES)
        patient_badges.add(MEMBERSHIP_BADGES)
        navigation.add(
            Link(
                key="patient-lists",
                label=_("Tags and levels"),
                order=75,
                permission=Permission.CLINIC_EDIT,
                url_name="patients:lists",
                icon="tags",
                group=_("Settings"),
                words=_("tag label membership level vip points"),
            )
        )
        navigation.add(
            Link(
                key="patients",
                label=_("Patients"),
                order=30,
                permission=Permission.PATIENT_SEE,
                url_name="patients:patients",
                icon="users",
                group=_("Desk"),
                words=_("files people list"),
            )
        )
        navigation.add(
            Link(
                key="imports",
                label=_("Import"),
                order=80,
                permission=Permission.PATIENT_IMPORT,
                url_name="patients:imports",
                icon="file-import",
                group=_("Settings"),
                words=_("excel csv file upload"),
            )
        )
        patient_panels.add(
            Panel(
                key="privacy",
                label=_("Consents and privacy"),
                order=800,
                permission=Permission.PATIENT_SEE,
                url_name="patients:privacy-panel",
                icon="shield-check",
                group="forms",
            )
        )
        navigation.add(
            Link(
                key="privacy",
                label=_("Privacy"),
                order=85,
                permission=Permission.PATIENT_PRIVACY,
                url_name="patients:data-requests",
                icon="shield-lock",
                group=_("Settings"),
                words=_("data requests consent erasure restriction looks"),
            )
        )
        navigation.add(
            Link(
                key="duplicates",
                label=_("Duplicates"),
                order=75,
                permission=Permission.PATIENT_MERGE,
                url_name="patients:duplicates",
                icon="copy",
                group=_("Desk"),
                words=_("merge same person twice two files"),
            )
        )
        commands.add(
            Link(
                key="patient-new",
                label=_("Register a patient"),
                order=10,
                permission=Permission.PATIENT_EDIT,
                url_name="patients:new",
                icon="user-plus",
                words=_("new patient file create"),
            )
        )
