from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "incisor.staff"
    label = "staff"
