from django.apps import AppConfig


class ReceptionConfig(AppConfig):
    name = "incisor.reception"
    label = "reception"
