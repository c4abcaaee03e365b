from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "incisor.accounts"
    label = "accounts"

    def ready(self) -> None:
        from incisor.accounts import access, gatekeeping  # noqa: PLC0415 -- app ready

        access.stand_at_the_gate(gatekeeping.next_step)
