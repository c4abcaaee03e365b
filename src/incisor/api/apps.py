from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from incisor.accounts.enums import Permission
from incisor.kernel.hooks import Link, commands


class ApiConfig(AppConfig):
    name = "incisor.api"
    label = "api"

    def ready(self) -> None:
        """Stand among the commands. The interface itself is loaded at its first request only."""
        commands.add(
            Link(
                key="api-keys",
                label=_("Keys for other programs"),
                order=95,
                permission=Permission.USER_EDIT,
                is_organisation=True,
                url_name="api:tokens",
                icon="key",
                words=_("API interface token REST program key"),
            )
        )
