from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from incisor.accounts.enums import Permission
from incisor.kernel.hooks import Link, navigation


class MessagingConfig(AppConfig):
    name = "incisor.messaging"
    label = "messaging"

    def ready(self) -> None:
        """Register the worker's job; stand in the navigation."""
        from incisor.messaging import jobs  # noqa: F401, PLC0415 -- app ready

        navigation.add(
            Link(
                key="messages",
                label=_("Messages"),
                order=60,
                permission=Permission.MESSAGE_SEE,
                url_name="messaging:messages",
                icon="message",
                group=_("Desk"),
                words=_("SMS WeChat reminders sent"),
            )
        )
