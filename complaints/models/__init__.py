"""Citizen reports: what they are about, who sent them, what happened to them."""

from complaints.models.attachments import Attachment
from complaints.models.categories import AllowedMove, Category, Question, SlaPolicy
from complaints.models.channels import Channel, ChannelKind, Envelope, Outbox
from complaints.models.choices import (
    ClockKind,
    Delivery,
    Dimension,
    Direction,
    Priority,
    ReportKind,
    Severity,
    Unit,
    Visibility,
)
from complaints.models.desk import (
    CallTally,
    CannedText,
    Deputy,
    DeskView,
    DutyState,
    LetterStop,
    RoomRequest,
    RoutingRule,
    Subscription,
)
from complaints.models.history import (
    Assignment,
    CategoryChange,
    ClockEvent,
    Link,
    LocationChange,
    Message,
    Note,
    PriorityChange,
    Rating,
    Routing,
    StatusChange,
    Tombstone,
)
from complaints.models.open311 import PartnerReport, PartnerUpdate, RemoteFile, ServiceVersion
from complaints.models.outside import Forwarding, OutsideParty, OutsideService, OutsideUpdate
from complaints.models.reporters import Alias, Reporter
from complaints.models.reports import Report
from complaints.models.rooms import FreeBeds, Hospital, RoomChange
from complaints.models.suggestions import SuggestionModel

__all__ = [
    "Alias",
    "AllowedMove",
    "Assignment",
    "Attachment",
    "CallTally",
    "CannedText",
    "Category",
    "CategoryChange",
    "Channel",
    "ChannelKind",
    "ClockEvent",
    "ClockKind",
    "Delivery",
    "Deputy",
    "DeskView",
    "Dimension",
    "Direction",
    "DutyState",
    "Envelope",
    "Forwarding",
    "FreeBeds",
    "Hospital",
    "LetterStop",
    "Link",
    "LocationChange",
    "Message",
    "Note",
    "Outbox",
    "OutsideParty",
    "OutsideService",
    "OutsideUpdate",
    "PartnerReport",
    "PartnerUpdate",
    "Priority",
    "PriorityChange",
    "Question",
    "Rating",
    "RemoteFile",
    "Report",
    "ReportKind",
    "Reporter",
    "RoomChange",
    "RoomRequest",
    "Routing",
    "RoutingRule",
    "ServiceVersion",
    "Severity",
    "SlaPolicy",
    "StatusChange",
    "Subscription",
    "SuggestionModel",
    "Tombstone",
    "Unit",
    "Visibility",
]
