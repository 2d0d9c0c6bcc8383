"""What the city knows of its markets."""

from markets.models.audits import (
    AuditAnswer,
    AuditPhoto,
    AuditState,
    ChecklistItem,
    ChecklistVersion,
    ConditionAudit,
    PhotoState,
    Subject,
    Way,
)
from markets.models.contacts import MarketContact
from markets.models.market import Fund, Market, MarketClass, Ownership
from markets.models.months import MarketMonth
from markets.models.prices import (
    Commodity,
    CommodityGroup,
    PriceCeiling,
    PriceImport,
    PriceReading,
    PriceSeries,
    PriceSurveyor,
)
from markets.models.programme import (
    Budget,
    Office,
    PriorityWeight,
    ProgrammeDocument,
    ProgrammePoint,
    ProgrammeStep,
)

__all__ = [
    "AuditAnswer",
    "AuditPhoto",
    "AuditState",
    "Budget",
    "ChecklistItem",
    "ChecklistVersion",
    "Commodity",
    "CommodityGroup",
    "ConditionAudit",
    "Fund",
    "Market",
    "MarketClass",
    "MarketContact",
    "MarketMonth",
    "Office",
    "Ownership",
    "PhotoState",
    "PriceCeiling",
    "PriceImport",
    "PriceReading",
    "PriceSeries",
    "PriceSurveyor",
    "PriorityWeight",
    "ProgrammeDocument",
    "ProgrammePoint",
    "ProgrammeStep",
    "Subject",
    "Way",
]
