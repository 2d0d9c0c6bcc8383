"""Addresses of pay."""

from django.urls import path

from fieldstaff.views import pay, pay_files, pay_queue

BASE = "fieldstaff/pay/"
MONTH = f"{BASE}<int:agency>/<str:month>/"
urlpatterns = [
    path(BASE, pay.periods, name="pay"),
    path(f"{BASE}queue/", pay_queue.queue, name="pay-queue"),
    path(f"{BASE}queue/<int:pk>/", pay_queue.correction, name="pay-correction"),
    path(f"{BASE}queue/<int:pk>/decide/", pay_queue.decide, name="pay-decide"),
    path(f"{BASE}own.json", pay_files.own_data, name="pay-own-data"),
    path(f"{BASE}officer/<int:officer>/<str:month>/", pay.officer_month, name="pay-officer"),
    path(f"{BASE}officer/<int:officer>/<str:month>/slip.pdf", pay_files.payslip, name="pay-slip"),
    path(f"{BASE}day/<int:attendance>/look/", pay.look, name="pay-look"),
    path(MONTH, pay.period_page, name="pay-period"),
    path(f"{MONTH}export.csv", pay_files.period_csv, name="pay-csv"),
    path(f"{MONTH}export.xlsx", pay_files.period_sheet, name="pay-xlsx"),
    path(f"{MONTH}reckon/", pay.reckon, name="pay-reckon"),
    path(f"{MONTH}close/", pay.close, name="pay-close"),
    path(f"{MONTH}reopen/", pay.reopen, name="pay-reopen"),
]
