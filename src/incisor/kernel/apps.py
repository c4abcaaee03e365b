from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "incisor.kernel"
    label = "kernel"
