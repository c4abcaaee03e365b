from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "incisor.kernel"
    label = "kernel"
    default = True

    def ready(self) -> None:
        from incisor.kernel import checks  # noqa: PLC0415 -- app ready

        checks.add_own()


class DjangoFormsConfig(AppConfig):
    """Django's widgets under a label of their own: "forms" is the house's app of designed forms."""

    name = "django.forms"
    label = "django_forms"
