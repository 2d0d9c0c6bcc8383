"""Simulated phones: each app's own words over real HTTP, from a process of its own.

Shares no code with ``fieldstaff.wire``, so that both cannot be wrong in the same way. Only
``manage.py phonesim`` touches the database: it asks who carries which simulated phone and works when.
"""
