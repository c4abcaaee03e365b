from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from incisor.accounts.enums import Permission
from incisor.kernel.hooks import Link, commands, navigation


class ReceptionConfig(AppConfig):
    name = "incisor.reception"
    label = "reception"

    def ready(self) -> None:
        """Stand first in the navigation, answer F4 everywhere, rank the search by who is here."""
        from incisor.clinics.enums import DeviceKind  # noqa: PLC0415 -- app ready
        from incisor.clinics.hooks import device_pages, settings_tabs  # noqa: PLC0415 -- app ready
        from incisor.patients.hooks import CodeReader, Ranking, code_readers, search_ranking  # noqa: PLC0415 -- same
        from incisor.reception import jobs, reactions  # noqa: F401, PLC0415 -- app ready
        from incisor.reception.queries import on_the_board, read_code, told_before_booking  # noqa: PLC0415 -- app ready
        from incisor.scheduling.enums import AppointmentStatus  # noqa: PLC0415 -- app ready
        from incisor.scheduling.hooks import (  # noqa: PLC0415 -- app ready
            AppointmentAction,
            BookingWarning,
            appointment_actions,
            booking_warnings,
        )

        navigation.add(
            Link(
                key="today",
                label=_("Today"),
                order=10,
                permission=Permission.DESK_USE,
                url_name="reception:today",
                icon="layout-dashboard",
                group=_("Desk"),
                words=_("board queue arrivals"),
            )
        )
        navigation.add(
            Link(
                key="chairside",
                label=_("My patients"),
                order=15,
                permission=Permission.CHAIR_WORK,
                url_name="reception:chairside",
                icon="armchair",
                group=_("Desk"),
                words=_("chair treatment dentist"),
            )
        )
        commands.add(
            Link(
                key="call-next",
                label=_("Call the next patient"),
                order=20,
                permission=Permission.RECEPTION_WORK,
                or_permission=Permission.CHAIR_WORK,
                url_name="reception:call-next",
                icon="speakerphone",
                shortcut="F4",
                opens="post",
                words=_("queue next number"),
            )
        )
        device_pages.add(
            Link(
                key=DeviceKind.SCREEN,
                label=_("Waiting-room screen"),
                order=10,
                url_name="reception:screen",
                words=_(
                    "Open this address on the television. The page runs for weeks by itself; what it shows is chosen under "
                    "“Waiting room”."
                ),
            )
        )
        settings_tabs.add(
            Link(
                key="screens",
                label=_("Waiting room"),
                order=40,
                permission=Permission.CLINIC_EDIT,
                url_name="reception:screens",
            )
        )
        commands.add(
            Link(
                key="screens",
                label=_("Notices in the waiting room"),
                order=60,
                permission=Permission.RECEPTION_WORK,
                or_permission=Permission.CLINIC_EDIT,
                url_name="reception:screens",
                icon="device-desktop",
                words=_("screen television notice announcement"),
            )
        )
        settings_tabs.add(
            Link(
                key="flow",
                label=_("Flow of the day"),
                order=60,
                permission=Permission.CLINIC_EDIT,
                url_name="reception:flow",
            )
        )
        for key, label, permission, url_name, words in (
            ("waits", _("Promised and real waits"), Permission.RECEPTION_WORK, "waits", "houzhen dengdai hz dd waits"),
            ("flow", _("Flow of the day"), Permission.CLINIC_EDIT, "flow", "jiezhen liucheng jzlc flow rules"),
        ):
            commands.add(
                Link(
                    key=key, label=label, order=60, permission=permission, url_name=f"reception:{url_name}",
                    icon="hourglass", words=words,
                )
            )  # fmt: skip
        appointment_actions.add(
            AppointmentAction(
                key="check-in",
                label=_("Arrived"),
                order=10,
                permission=Permission.RECEPTION_WORK,
                url_name="reception:check-in",
                statuses=frozenset({AppointmentStatus.REQUESTED.value, AppointmentStatus.CONFIRMED.value}),
                icon="user-check",
                row_key="a",
                is_main=True,
            )
        )
        booking_warnings.add(
            BookingWarning(
                key="care",
                label=_("Before an operation"),
                order=10,
                permission=Permission.PATIENT_HEALTH,
                find=told_before_booking,
            )
        )
        code_readers.add(
            CodeReader(
                key="confirmation",
                label=_("Code of a confirmation"),
                order=10,
                permission=Permission.RECEPTION_WORK,
                read=read_code,
            )
        )
        settings_tabs.add(
            Link(
                key="triage",
                label=_("Triage"),
                order=62,
                permission=Permission.CLINIC_EDIT,
                url_name="reception:triage-settings",
            )
        )
        search_ranking.add(
            Ranking(key="here", label=_("Here now"), order=10, permission=Permission.DESK_USE, rank=on_the_board)
        )
        self._chair_and_door()

    def _chair_and_door(self) -> None:
        """Show calls for help on every page, what is open on the check-out page, the sheets in the settings."""
        from incisor.billing.hooks import CheckOutPart, check_out_parts  # noqa: PLC0415 -- app ready
        from incisor.clinics.hooks import page_frames, settings_tabs  # noqa: PLC0415 -- app ready
        from incisor.kernel.hooks import Panel  # noqa: PLC0415 -- app ready
        from incisor.reception.views.leaving import draw_leaving  # noqa: PLC0415 -- app ready

        page_frames.add(
            Panel(
                key="help",
                label=_("Calls for help"),
                order=10,
                permission=Permission.RECEPTION_WORK,
                or_permission=Permission.CHAIR_WORK,
                url_name="reception:help",
            )
        )
        check_out_parts.add(
            CheckOutPart(
                key="leaving",
                label=_("Before leaving"),
                order=10,
                permission=Permission.RECEPTION_WORK,
                or_permission=Permission.MONEY_TAKE,
                draw=draw_leaving,
            )
        )
        settings_tabs.add(
            Link(
                key="aftercare",
                label=_("Aftercare sheets"),
                order=60,
                permission=Permission.CLINIC_EDIT,
                url_name="reception:sheet-words",
            )
        )
        commands.add(
            Link(
                key="delays",
                label=_("Who runs late"),
                order=60,
                permission=Permission.DESK_USE,
                url_name="reception:delays",
                icon="clock-exclamation",
                opens="panel",
                words=_("delay late dentist"),
            )
        )
        commands.add(
            Link(
                key="surveys",
                label=_("How was it?"),
                order=61,
                permission=Permission.FOLLOW_UP_SEE,
                url_name="reception:surveys",
                icon="mood-smile",
                words=_("survey satisfaction answers"),
            )
        )
