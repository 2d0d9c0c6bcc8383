"""Addresses of the city's pages."""

from __future__ import annotations

from django.urls import path

from commandcenter.city.views import account, audit, login, pages, people, setup

app_name = "city"
urlpatterns = [
    path("", pages.home_page, name="home"),
    path("login/", login.log_in, name="login"),
    path("login/code/", login.log_in_code, name="login-code"),
    path("logout/", login.log_out, name="logout"),
    path("invitation/<str:token>/", login.accept_invitation, name="invitation"),
    path("password/reset/", account.ResetView.as_view(), name="reset"),
    path("password/reset/sent/", account.reset_sent, name="reset-sent"),
    path("password/reset/<uidb64>/<token>/", account.ResetConfirmView.as_view(), name="reset-confirm"),
    path("account/", account.account, name="account"),
    path("account/password/", account.password, name="password"),
    path("account/two-factor/", account.two_factor_page, name="two-factor"),
    path("account/two-factor/off/", account.two_factor_off, name="two-factor-off"),
    path("account/two-factor/codes/", account.two_factor_codes, name="two-factor-codes"),
    path("language/", account.language, name="language"),
    path("view-as/", account.view_as, name="view-as"),
    path("view-as/leave/", account.leave_view_as, name="view-as-leave"),
    path("people/", people.people, name="people"),
    path("people/sheet/", people.people_sheet, name="people-sheet"),
    path("people/template.xlsx", people.people_template, name="people-template"),
    path("people/invitation/<int:pk>/", people.invitation_change, name="invitation-change"),
    path("search/", pages.search_page, name="search"),
    path("directory/", pages.directory, name="directory"),
    path("areas/<str:code>/", pages.area_page, name="area"),
    path("audit/", audit.audit_page, name="audit"),
    path("audit/export.xlsx", audit.audit_export, name="audit-export"),
    path("shortcuts/", pages.shortcut_sheet, name="shortcuts"),
    path("about/", pages.about, name="about"),
    path("theme.css", pages.theme_css, name="theme"),
    path("region/logo.png", pages.logo, name="logo"),
    path("setup/", setup.setup, name="setup"),
    path("setup/confirm/<slug:what>/", setup.confirm, name="setup-confirm"),
    path("setup/boundaries/", setup.boundaries_page, name="boundaries"),
    path("setup/region/", setup.region, name="region"),
    path("setup/agencies/", setup.agencies, name="agencies"),
    path("setup/agencies.xlsx", setup.agencies_export, name="agencies-export"),
]
