from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "incisor.messaging"
    label = "messaging"

    def ready(self) -> None:
        from incisor.messaging import jobs  # noqa: F401, PLC0415 -- app ready
