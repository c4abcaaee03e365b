from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "incisor.messaging"
    label = "messaging"
