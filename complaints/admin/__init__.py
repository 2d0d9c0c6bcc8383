"""Admin pages of citizen reports: what they are about, how they come in, where they go."""

from complaints.admin import channels, hospitals, outside, rules

__all__ = ["channels", "hospitals", "outside", "rules"]
