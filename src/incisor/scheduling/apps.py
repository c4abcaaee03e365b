from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "incisor.scheduling"
    label = "scheduling"
