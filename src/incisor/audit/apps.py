from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "incisor.audit"
    label = "audit"
