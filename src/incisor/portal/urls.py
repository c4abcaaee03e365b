"""Pages of the portal. Each opens by a link of one purpose (messaging.enums.LinkPurpose), whose value is in the path."""

from django.urls import path

from incisor.portal import views

app_name = "portal"
urlpatterns = [
    path("p/<str:purpose>/<str:token>/", views.unknown, name="unknown"),
]
