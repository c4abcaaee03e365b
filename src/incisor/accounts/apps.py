from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "incisor.accounts"
    label = "accounts"

    def ready(self) -> None:
        from incisor.accounts import access, gatekeeping, queries  # noqa: PLC0415 -- app ready
        from incisor.accounts.enums import Permission  # noqa: PLC0415 -- app ready
        from incisor.audit import hooks  # noqa: PLC0415 -- app ready
        from incisor.kernel import exports  # noqa: PLC0415 -- app ready
        from incisor.kernel.hooks import Link, commands, navigation  # noqa: PLC0415 -- app ready

        hooks.names["accounts.user"] = lambda _clinic_id, ids: queries.names_of_users(ids)
        hooks.names["accounts.role"] = lambda _clinic_id, ids: queries.names_of_roles(ids)
        access.stand_at_the_gate(gatekeeping.next_step)
        exports.keep_the_door(gatekeeping.ListKeeper())
        group = _("Administration")
        links = (
            Link(
                key="users", label=_("Accounts and roles"), order=950, group=group, icon="users-group",
                permission=Permission.USER_EDIT, is_organisation=True, url_name="accounts:users",
                words="zhanghao yonghu juese quanxian zh yh js qx accounts users roles permissions",
            ),
            Link(
                key="audit", label=_("Audit record"), order=960, group=group, icon="history",
                permission=Permission.AUDIT_SEE, url_name="accounts:audit",
                words="shenji rizhi caozuo jilu sj rz czjl audit log trail",
            ),
            Link(
                key="system", label=_("State of the system"), order=970, group=group, icon="stethoscope",
                permission=Permission.SYSTEM_CARE, url_name="accounts:system",
                words="xitong zhuangtai beifen jiancha xt zt bf doctor system backup jobs",
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
