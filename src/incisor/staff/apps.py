from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "incisor.staff"
    label = "staff"

    def ready(self) -> None:
        from incisor.accounts.enums import Permission  # noqa: PLC0415 -- app ready
        from incisor.clinics.hooks import setup_steps  # noqa: PLC0415 -- app ready
        from incisor.kernel.hooks import Link, commands, navigation  # noqa: PLC0415 -- app ready

        for order, key, label, icon, words in (
            (810, "staff", _("Staff"), "users", "yuangong yg yisheng staff dentists"),
            (820, "rosters", _("Rosters"), "calendar-week", "paiban pb rosters"),
            (830, "shifts", _("Desk shifts"), "clock-play", "qiantaipaiban qtpb banci bc shifts"),
        ):
            link = Link(
                key=f"staff-{key}",
                label=label,
                order=order,
                permission=Permission.STAFF_SEE,
                url_name=f"staff:{key}",
                icon=icon,
                group=_("Staff"),
                words=words,
            )
            navigation.add(link)
            commands.add(link)
        leave = Link(
            key="staff-leave",
            label=_("Enter leave"),
            order=850,
            permission=Permission.STAFF_EDIT,
            url_name="staff:leave-new",
            icon="calendar-cancel",
            group=_("Staff"),
            words="qingjia qj leave",
        )
        commands.add(leave)
        setup_steps.add(
            Link(
                key="staff",
                label=_("Staff"),
                order=100,
                permission=Permission.STAFF_SEE,
                url_name="staff:staff",
                icon="users",
                words=_("Dentists with their specialties, licences and working hours"),
            )
        )
        setup_steps.add(
            Link(
                key="shifts",
                label=_("Desk shifts"),
                order=110,
                permission=Permission.STAFF_SEE,
                url_name="staff:shifts",
                icon="clock-play",
                words=_("Who is at the desk when, so that it is never empty"),
            )
        )
