from django.urls import path

from fieldstaff import app_urls, order_urls, people_urls, phone_urls, screen_urls
from fieldstaff.pwa.urls import urlpatterns as app
from fieldstaff.views import pay_urls, water

app_name = "fieldstaff"
urlpatterns = [
    *phone_urls.urlpatterns,
    *app_urls.urlpatterns,
    path("fieldstaff/water/", water.water_levels, name="water"),
    *app,
    *order_urls.urlpatterns,
    *people_urls.urlpatterns,
    *pay_urls.urlpatterns,
    *screen_urls.urlpatterns,
]
