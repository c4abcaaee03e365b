from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClinicsConfig(AppConfig):
    name = "incisor.clinics"
    label = "clinics"

    def ready(self) -> None:
        from incisor.accounts.enums import Permission  # noqa: PLC0415 -- app ready
        from incisor.kernel.hooks import Link, commands, navigation  # noqa: PLC0415 -- app ready

        settings = Link(
            key="settings",
            label=_("Clinic settings"),
            order=900,
            permission=Permission.CLINIC_EDIT,
            url_name="clinics:settings",
            icon="settings",
            group=_("Settings"),
            words="shezhi sz settings clinic hours rooms chairs",
        )
        navigation.add(settings)
        commands.add(settings)
        for key, label, words in (
            ("rooms", _("Rooms and chairs"), "zhenshi yiwei zs yw rooms chairs"),
            ("hours", _("Opening hours"), "yingyeshijian yysj hours"),
            ("closures", _("Closures"), "xiuzhen tingzhen xz tz closures"),
            ("holidays", _("Public holidays"), "jiejiari tiaoxiu jjr tx holidays"),
            ("procedures", _("Procedures"), "zhenliaoxiangmu zlxm procedures treatments"),
        ):
            commands.add(
                Link(
                    key=f"clinics-{key}",
                    label=label,
                    order=910,
                    permission=Permission.CLINIC_EDIT,
                    url_name=f"clinics:{key}",
                    icon="settings",
                    group=_("Settings"),
                    words=words,
                )
            )
