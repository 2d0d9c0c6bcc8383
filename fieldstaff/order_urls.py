"""Pages of orders."""

from django.urls import path

from fieldstaff.views import order_clocks, order_form, order_hands, order_steps, orders

urlpatterns = [
    path("fieldstaff/orders/", orders.orders, name="orders"),
    path("fieldstaff/orders/new/", order_form.new, name="order-new"),
    path("fieldstaff/orders/send/", order_form.send, name="order-send"),
    path("fieldstaff/orders/clocks/", order_clocks.clocks, name="order-clocks"),
    path("fieldstaff/orders/clocks.csv", order_clocks.sheet, name="order-clocks-csv"),
    path("fieldstaff/orders/photos/<uuid:name>/", order_steps.photo, name="order-photo"),
    path("fieldstaff/orders/<int:pk>/", orders.order, name="order"),
    path("fieldstaff/orders/<int:pk>/offer/", order_steps.offer, name="order-offer"),
    path("fieldstaff/orders/<int:pk>/reassign/", order_hands.reassign, name="order-reassign"),
    path("fieldstaff/orders/<int:pk>/delegate/", order_hands.delegate, name="order-delegate"),
    path("fieldstaff/orders/<int:pk>/<slug:target>/", order_steps.step, name="order-step"),
]
