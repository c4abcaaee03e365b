from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "incisor.accounts"
    label = "accounts"
