from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from incisor.accounts.enums import Permission
from incisor.kernel.hooks import DueWork, Link, Panel, commands, due_work, navigation


class SchedulingConfig(AppConfig):
    name = "incisor.scheduling"
    label = "scheduling"

    def ready(self) -> None:
        """Stand in the navigation, in the search, on the patient's page, and answer what others ask."""
        from incisor.clinics.hooks import (  # noqa: PLC0415 -- app ready
            affected_by,
            settings_tabs,
            setup_steps,
            worklist,
        )
        from incisor.forms.hooks import Plan, planned_procedures  # noqa: PLC0415 -- same
        from incisor.patients.hooks import (  # noqa: PLC0415 -- same
            BadgeSource,
            Ranking,
            import_kinds,
            patient_badges,
            patient_panels,
            search_ranking,
        )
        from incisor.scheduling import jobs, queries  # noqa: F401, PLC0415 -- same
        from incisor.scheduling.queries.coming import coming_count  # noqa: PLC0415 -- same
        from incisor.scheduling.queries.placing import rebooking_due  # noqa: PLC0415 -- same
        from incisor.scheduling.services.import_write import IMPORTED_APPOINTMENTS  # noqa: PLC0415 -- same

        navigation.add(
            Link(
                key="calendar",
                label=_("Calendar"),
                order=20,
                permission=Permission.APPOINTMENT_SEE,
                url_name="scheduling:calendar",
                icon="calendar",
                group=_("Desk"),
                words=_("appointments schedule day week"),
            )
        )
        commands.add(
            Link(
                key="book",
                label=_("Book an appointment"),
                order=5,
                permission=Permission.APPOINTMENT_BOOK,
                url_name="scheduling:book",
                icon="calendar-plus",
                words=_("book appointment new"),
            )
        )
        commands.add(
            Link(
                key="find-time",
                label=_("Find a time"),
                order=6,
                permission=Permission.APPOINTMENT_BOOK,
                url_name="scheduling:find",
                icon="calendar-time",
                words=_("free time search weekday hours"),
            )
        )
        commands.add(
            Link(
                key="series-templates",
                label=_("Series of visits"),
                order=62,
                permission=Permission.CLINIC_EDIT,
                url_name="scheduling:series-templates",
                icon="calendar-week",
                words=_("series visits root canal implant orthodontic intervals"),
            )
        )
        navigation.add(
            Link(
                key="to-place",
                label=_("To be booked again"),
                order=22,
                permission=Permission.APPOINTMENT_SEE,
                url_name="scheduling:to-place",
                icon="calendar-time",
                group=_("Desk"),
                words=_("cancelled missed book again worklist"),
            )
        )
        navigation.add(
            Link(
                key="waitlist",
                label=_("Waitlist"),
                order=24,
                permission=Permission.APPOINTMENT_SEE,
                url_name="scheduling:waitlist",
                icon="hourglass",
                group=_("Desk"),
                words=_("waitlist earlier time offer freed"),
            )
        )
        commands.add(
            Link(
                key="block-new",
                label=_("Block a time"),
                order=40,
                permission=Permission.APPOINTMENT_BOOK,
                url_name="scheduling:block-new",
                icon="lock",
                words=_("block lunch meeting reserve"),
            )
        )
        settings_tabs.add(
            Link(
                key="booking",
                label=_("Booking rules"),
                order=50,
                permission=Permission.CLINIC_EDIT,
                url_name="scheduling:booking-settings",
            )
        )
        settings_tabs.add(
            Link(
                key="series",
                label=_("Series of visits"),
                order=55,
                permission=Permission.CLINIC_EDIT,
                url_name="scheduling:series-templates",
            )
        )
        due_work.add(
            DueWork(
                key="rebooking",
                label=_("To be booked again"),
                order=10,
                permission=Permission.APPOINTMENT_BOOK,
                find=rebooking_due,
                url_name="scheduling:to-place",
                icon="calendar-plus",
            )
        )
        settings_tabs.add(
            Link(
                key="confirming",
                label=_("Confirming and cancelling"),
                order=52,
                permission=Permission.CLINIC_EDIT,
                url_name="scheduling:confirmation-rules",
            )
        )
        worklist.add(
            Link(
                key="affected",
                label=_("Appointments that no longer fit"),
                order=10,
                permission=Permission.APPOINTMENT_SEE,
                url_name="scheduling:affected",
            )
        )
        commands.add(
            Link(
                key="affected",
                label=_("Appointments that no longer fit"),
                order=45,
                permission=Permission.APPOINTMENT_SEE,
                url_name="scheduling:affected",
                icon="calendar-cancel",
                words="shouyingxiang syx tingzhen affected leave closed",
            )
        )
        commands.add(
            Link(
                key="booking-settings",
                label=_("Booking rules"),
                order=915,
                permission=Permission.CLINIC_EDIT,
                url_name="scheduling:booking-settings",
                icon="settings",
                group=_("Settings"),
                words="yuyueguize yygz blocks limits reserve",
            )
        )
        patient_panels.add(
            Panel(
                key="appointments",
                label=_("Appointments"),
                order=10,
                permission=Permission.APPOINTMENT_SEE,
                url_name="scheduling:patient-appointments",
                icon="calendar",
                count=coming_count,
            )
        )
        patient_badges.add(
            BadgeSource(
                key="keeping",
                label=_("Missed appointments"),
                order=20,
                permission=Permission.APPOINTMENT_SEE,
                find=queries.keeping_badges,
            )
        )
        setup_steps.add(
            Link(
                key="confirming",
                label=_("Confirming and cancelling"),
                order=120,
                permission=Permission.CLINIC_EDIT,
                url_name="scheduling:confirmation-rules",
                icon="checkbox",
                words=_("Who confirms twice or pays a deposit, what patients may change by themselves"),
            )
        )
        planned_procedures.add(
            Plan(key="appointments", label=_("Appointments"), order=10, find=queries.booked_procedures)
        )
        search_ranking.add(Ranking(key="appointments", label=_("Appointments"), order=20, rank=queries.expected_scores))
        import_kinds.add(IMPORTED_APPOINTMENTS)
        affected_by.append(queries.hits_of_change)
