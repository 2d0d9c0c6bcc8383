"""Alarms: verbs, pages, tiles."""
