from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "incisor.billing"
    label = "billing"
