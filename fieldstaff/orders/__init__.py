"""Verbs on orders: each locks, asks the table of ``dispatch.orderflow``, appends an event, tells pages."""
