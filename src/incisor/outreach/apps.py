from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "incisor.outreach"
    label = "outreach"

    def ready(self) -> None:
        from incisor.outreach import reactions  # noqa: F401, PLC0415 -- app ready
