from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "incisor.config"
    label = "config"
