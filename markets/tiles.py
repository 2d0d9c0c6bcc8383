"""What markets offer to walls and pages; each subject registers its own."""

from markets import tiles_prices

__all__ = ["tiles_prices"]
