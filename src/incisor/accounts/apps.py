from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "incisor.accounts"
    label = "accounts"

    def ready(self) -> None:
        from incisor.accounts import access, gatekeeping  # noqa: PLC0415 -- app ready
        from incisor.accounts.enums import Permission  # noqa: PLC0415 -- app ready
        from incisor.kernel.hooks import Link, commands, navigation  # noqa: PLC0415 -- app ready

        access.stand_at_the_gate(gatekeeping.next_step)
        group = _("Administration")
        links = (
            Link(
                key="users", label=_("Accounts and roles"), order=950, group=group, icon="users-group",
                permission=Permission.USER_EDIT, is_organisation=True, url_name="accounts:users",
                words="zhanghao yonghu juese quanxian zh yh js qx accounts users roles permissions",
            ),
        )  # fmt: skip
        for link in links:
            navigation.add(link)
            commands.add(link)
        commands.add(
            Link(
                key="my-account", label=_("My account"), order=990, group=group, icon="user-circle",
                url_name="accounts:account", words="wode zhanghao mima wd zh mm my account password",
            )
        )  # fmt: skip
