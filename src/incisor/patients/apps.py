from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "incisor.patients"
    label = "patients"
