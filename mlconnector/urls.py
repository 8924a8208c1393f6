"""Every address of the web application."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, path
from django.views.generic import RedirectView

from mlconnector.health import healthz
from syncs.webhooks import WebhookView

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("webhooks/<uuid:connection>/", WebhookView.as_view(), name="webhook"),
    path("admin/", admin.site.urls),
    path("", RedirectView.as_view(pattern_name="admin:index")),
]
