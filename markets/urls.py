"""Addresses of the market pages."""

from __future__ import annotations

from django.urls import path

from markets import views

app_name = "markets"
urlpatterns = [
    path("markets/", views.market_list, name="list"),
    path("markets/<int:pk>/", views.market_page, name="market"),
]
