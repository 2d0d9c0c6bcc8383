"""Joins the live road: who may hear of which alarm."""

from __future__ import annotations

from commandcenter import live
from commandcenter.city.roles import Role, grant
from commandcenter.incidents.querysets import scopes_of

live.register_topic(live.Topic(key="incidents.alarm", scopes=scopes_of))
grant(Role.OPERATOR, "incidents.handle_alarm", "incidents.view_alarm")
grant(Role.MAYOR, "incidents.view_alarm")
grant(Role.HEAD, "incidents.view_alarm", "incidents.handle_alarm")
