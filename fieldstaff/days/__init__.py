"""Attendance as a service: rows in, days out, version by version.

``computing`` writes days, ``facts`` loads what decides about them, ``codec`` keeps them. The rules themselves
know no database: :mod:`fieldstaff.attendance`. Who uses what: ``docs/attendance.md``.
"""
