from django.apps import AppConfig


class PortalConfig(AppConfig):
    """What a patient sees by a link: no account, no session, no navigation."""

    name = "incisor.portal"
    label = "portal"
