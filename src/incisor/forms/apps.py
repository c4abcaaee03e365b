from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FormsConfig(AppConfig):
    name = "incisor.forms"
    label = "forms"

    def ready(self) -> None:
        """Register the job; stand in the navigation, in the search, on the patient's page and beside the name."""
        from incisor.accounts.enums import Permission  # noqa: PLC0415 -- app ready
        from incisor.forms import jobs, reactions  # noqa: F401, PLC0415 -- registers them
        from incisor.forms.queries import missing_badges  # noqa: PLC0415 -- models are ready only now
        from incisor.kernel.hooks import Link, Panel, commands, navigation  # noqa: PLC0415 -- app ready
        from incisor.patients.hooks import BadgeSource, patient_badges, patient_panels  # noqa: PLC0415 -- same

        begun = Link(
            key="forms-begun",
            label=_("Forms and signatures"),
            order=50,
            permission=Permission.FORM_SEE,
            url_name="forms:begun",
            icon="signature",
            group=_("Desk"),
            words=_("forms signatures consent questionnaire tablet"),
        )
        navigation.add(begun)
        commands.add(begun)
        designs = Link(
            key="forms-designs",
            label=_("Design of forms"),
            order=85,
            permission=Permission.FORM_EDIT,
            url_name="forms:designs",
            icon="forms",
            group=_("Settings"),
            words=_("design forms consent templates rules"),
        )
        navigation.add(designs)
        commands.add(designs)
        patient_panels.add(
            Panel(
                key="forms",
                label=_("Forms"),
                order=70,
                permission=Permission.FORM_SEE,
                url_name="forms:patient-forms",
                icon="signature",
            )
        )
        patient_badges.add(
            BadgeSource(
                key="forms",
                label=_("Forms missing"),
                order=40,
                permission=Permission.FORM_SEE,
                find=missing_badges,
            )
        )
