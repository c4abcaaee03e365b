from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "incisor.kernel"
    label = "kernel"

    def ready(self) -> None:
        from incisor.kernel import checks  # noqa: PLC0415 -- app ready

        checks.add_own()
