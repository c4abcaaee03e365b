"""Pages of messaging."""

from django.urls import path

from incisor.messaging import views

app_name = "messaging"
urlpatterns = [
    path("messages/", views.messages, name="messages"),
    path("messages/<uuid:message_id>/cancel/", views.cancel, name="cancel"),
    path("messages/<uuid:message_id>/again/", views.again, name="again"),
    path("messages/settings/", views.sending_rules, name="sending-rules"),
    path("messages/templates/", views.templates, name="templates"),
    path("messages/templates/<uuid:template_id>/", views.template, name="template"),
]
