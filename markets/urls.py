"""Addresses of the market pages."""

from __future__ import annotations

from django.urls import path

from markets import price_urls, views, views_audit_form, views_audits, views_months, views_programme

app_name = "markets"
urlpatterns = [
    *price_urls.urlpatterns,
    path("markets/", views.market_list, name="list"),
    path("markets/<int:pk>/", views.market_page, name="market"),
    path("markets/<int:pk>/months/", views_months.months, name="months"),
    path("markets/<int:pk>/months/export.xlsx", views_months.export, name="months-export"),
    path("markets/<int:pk>/months/<int:row>/remove/", views_months.remove, name="month-remove"),
    path("markets/programme/", views_programme.programme, name="programme"),
    path("markets/programme/new/", views_programme.propose, name="propose"),
    path("markets/programme/what-if/", views_programme.what_if, name="what-if"),
    path("markets/programme/export.xlsx", views_programme.export, name="programme-export"),
    path("markets/programme/<int:pk>/", views_programme.point, name="point"),
    path("markets/programme/<int:pk>/change/", views_programme.change, name="point-change"),
    path("markets/programme/<int:pk>/move/", views_programme.move, name="point-move"),
    path("markets/programme/<int:pk>/documents/", views_programme.document, name="point-document"),
    path("markets/programme/<int:pk>/approve/", views_programme.approve, name="point-approve"),
    path("markets/programme/<int:pk>/proposal.pdf", views_programme.proposal, name="point-pdf"),
    path("markets/audits/", views_audits.overview, name="condition"),
    path("markets/audits/export.xlsx", views_audits.export_all, name="condition-export"),
    path("markets/audits/<int:pk>/", views_audits.audit, name="audit"),
    path("markets/audits/<int:pk>/form/", views_audit_form.form, name="audit-form"),
    path("markets/audits/<int:pk>/save/", views_audit_form.save, name="audit-save"),
    path("markets/audits/<int:pk>/photos/", views_audit_form.add_photo, name="audit-photo-add"),
    path("markets/audits/<int:pk>/discard/", views_audit_form.discard, name="audit-discard"),
    path("markets/audits/<int:pk>/correct/", views_audit_form.correct, name="audit-correct"),
    path("markets/audits/photos/<uuid:name>/", views_audits.photo, name="audit-photo"),
    path(
        "markets/audits/photos/<uuid:name>/remove/", views_audit_form.remove_photo, name="audit-photo-remove"
    ),
    path("markets/<int:pk>/audits/", views_audits.audits, name="audits"),
    path("markets/<int:pk>/audits/export.xlsx", views_audits.export, name="audits-export"),
    path("markets/<int:pk>/audits/begin/", views_audit_form.begin, name="audit-begin"),
]
