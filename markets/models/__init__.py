"""What the city knows of its markets."""

from markets.models.contacts import MarketContact
from markets.models.market import Fund, Market, MarketClass, Ownership
from markets.models.months import MarketMonth

__all__ = ["Fund", "Market", "MarketClass", "MarketContact", "MarketMonth", "Ownership"]
