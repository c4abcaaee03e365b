from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from incisor.accounts.enums import Permission
from incisor.clinics.enums import DeviceKind
from incisor.kernel.hooks import DueWork, Link, Panel, commands, due_work, navigation


class EnquiriesConfig(AppConfig):
    name = "incisor.enquiries"
    label = "enquiries"

    def ready(self) -> None:
        """Stand in the navigation and on the patient's page; answer F2 and F8 everywhere; show who rings."""
        from incisor.clinics.hooks import device_frames, device_pages  # noqa: PLC0415 -- app ready
        from incisor.enquiries import reactions  # noqa: F401, PLC0415 -- app ready
        from incisor.enquiries.queries.notes import notes_due  # noqa: PLC0415 -- app ready
        from incisor.patients.hooks import patient_panels  # noqa: PLC0415 -- app ready

        for key, label, order, permission, url_name, icon, words in (
            (
                "calls",
                _("Phone log"),
                45,
                Permission.DESK_USE,
                "calls",
                "phone-incoming",
                "dianhua dh phone calls notes",
            ),
            ("leads", _("Enquiries"), 46, Permission.LEAD_SEE, "leads", "user-question", "zixun zx leads enquiries"),
            (
                "answers",
                _("Answers and scripts"),
                47,
                Permission.DESK_USE,
                "answers",
                "messages",
                "huashu hs wenda faq",
            ),
        ):
            navigation.add(
                Link(
                    key=key, label=label, order=order, permission=permission, url_name=f"enquiries:{url_name}",
                    icon=icon, group=_("Desk"), words=words,
                )
            )  # fmt: skip
        for key, label, order, url_name, shortcut, opens in (
            ("take-call", _("Take the call"), 21, "take", "F2", "act"),
            ("take-and-book", _("Take the call and book"), 22, "take-and-book", "Shift+F2", "act"),
            ("call-note", _("Note a call"), 23, "note-new", "F8", "panel"),
        ):
            commands.add(
                Link(
                    key=key, label=label, order=order, permission=Permission.DESK_USE, url_name=f"enquiries:{url_name}",
                    icon="phone", shortcut=shortcut, opens=opens,
                )
            )  # fmt: skip
        due_work.add(
            DueWork(
                key="call-notes",
                label=_("Promised to callers"),
                order=20,
                permission=Permission.DESK_USE,
                find=notes_due,
                url_name="enquiries:calls",
                icon="phone-incoming",
            )
        )
        patient_panels.add(
            Panel(
                key="calls", label=_("Calls received"), order=65, permission=Permission.DESK_USE,
                url_name="enquiries:patient-calls", icon="phone-incoming",
            )
        )  # fmt: skip
        device_pages.add(
            Link(
                key=DeviceKind.TELEPHONE, label=_("Telephone system"), order=10, url_name="enquiries:telephone",
                words=_("The telephone system posts here who rings. docs/develop/telephone.md says how."),
            )
        )  # fmt: skip
        device_frames.add(
            Panel(
                key=DeviceKind.TELEPHONE,
                label=_("Calls"),
                order=10,
                permission=Permission.DESK_USE,
                url_name="enquiries:ringing",
            )
        )
