"""Addresses of prices: pages under /markets/, and the surveyors' app under /harga/ alone."""

from __future__ import annotations

from django.urls import path

from markets import views_price_app, views_price_export, views_price_import, views_prices

PAGES = [
    path("markets/prices/", views_prices.prices, name="prices"),
    path("markets/prices/export.<str:kind>", views_price_export.export, name="prices-export"),
    path("markets/prices/import/", views_price_import.upload, name="prices-import"),
    path("markets/prices/import/template.xlsx", views_price_import.template, name="prices-template"),
    path("markets/prices/import/<uuid:key>/", views_price_import.confirm, name="prices-confirm"),
    path("markets/prices/<slug:code>/", views_prices.commodity, name="prices-commodity"),
    path("markets/prices/<slug:code>/chart.json", views_prices.chart, name="prices-chart"),
    path("markets/<int:pk>/prices/", views_prices.market_prices, name="market-prices"),
    path("markets/<int:pk>/prices/<slug:code>/", views_prices.series, name="price-series"),
    path("markets/<int:pk>/prices/<slug:code>/chart.json", views_prices.chart, name="price-series-chart"),
]
APP = [
    path("harga/", views_price_app.shell, name="price-app"),
    path("harga/sw.js", views_price_app.worker, name="price-app-worker"),
    path("harga/app.webmanifest", views_price_app.manifest, name="price-app-manifest"),
    path("harga/ikon-<int:size>.png", views_price_app.icon, name="price-app-icon"),
    path("harga/ikon-<int:size>-penuh.png", views_price_app.icon, {"full": True}, name="price-app-icon-full"),
    path("harga/keadaan.json", views_price_app.state, name="price-app-state"),
    path("harga/kirim/", views_price_app.send, name="price-app-send"),
]
urlpatterns = [*PAGES, *APP]
