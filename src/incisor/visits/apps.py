from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "incisor.visits"
    label = "visits"
