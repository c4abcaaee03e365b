from django.apps import AppConfig


class ClinicsConfig(AppConfig):
    name = "incisor.clinics"
    label = "clinics"
