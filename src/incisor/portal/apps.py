from django.apps import AppConfig


class PortalConfig(AppConfig):
    """What a patient sees by a link: no account, no session, no navigation."""

    name = "incisor.portal"
    label = "portal"

    def ready(self) -> None:
        """Show where a check-in kiosk opens."""
        from django.utils.translation import gettext_lazy as _  # noqa: PLC0415 -- app ready

        from incisor.clinics.enums import DeviceKind  # noqa: PLC0415 -- app ready
        from incisor.clinics.hooks import device_pages  # noqa: PLC0415 -- app ready
        from incisor.kernel.hooks import Link  # noqa: PLC0415 -- app ready

        device_pages.add(
            Link(
                key=DeviceKind.KIOSK,
                label=_("Check-in kiosk"),
                order=30,
                url_name="portal:kiosk",
                words=_(
                    "Open this address in the browser of the kiosk, full screen. A scanner may be connected to it."
                ),
            )
        )
