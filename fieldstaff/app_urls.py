"""What the officers' app asks besides its batches: calls for help, notifications."""

from django.urls import path

from fieldstaff.views import push, sos

urlpatterns = [
    path("fieldstaff/api/v1/sos", sos.call, name="sos"),
    path("fieldstaff/api/v1/sos/cancel", sos.cancel, name="sos-cancel"),
    path("fieldstaff/api/v1/sos/pin", sos.pin, name="sos-pin"),
    path("fieldstaff/api/v1/push", push.subscription, name="push"),
    path("fieldstaff/api/v1/push/unsubscribe", push.unsubscribe, name="push-unsubscribe"),
    path("fieldstaff/api/v1/push/seen", push.seen, name="push-seen"),
]
