"""Admin pages of field officers: people, phones, rosters, and what machines wrote."""

from fieldstaff.admin import orders, people, phones, records, rosters, schemes

__all__ = ["orders", "people", "phones", "records", "rosters", "schemes"]
