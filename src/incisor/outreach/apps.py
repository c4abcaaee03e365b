from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "incisor.outreach"
    label = "outreach"
