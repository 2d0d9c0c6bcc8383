"""Addresses of the market pages."""

from __future__ import annotations

from django.urls import path

from markets import views, views_months

app_name = "markets"
urlpatterns = [
    path("markets/", views.market_list, name="list"),
    path("markets/<int:pk>/", views.market_page, name="market"),
    path("markets/<int:pk>/months/", views_months.months, name="months"),
    path("markets/<int:pk>/months/export.xlsx", views_months.export, name="months-export"),
    path("markets/<int:pk>/months/<int:row>/remove/", views_months.remove, name="month-remove"),
]
