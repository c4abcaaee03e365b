from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from incisor.accounts.enums import Permission
from incisor.kernel.hooks import Link, commands, navigation


class PatientsConfig(AppConfig):
    name = "incisor.patients"
    label = "patients"

    def ready(self) -> None:
        """Stand in the navigation and in the search."""
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
