"""Field officers: people and phones, rosters, where they were, what their days came to."""

from fieldstaff.models.choices import (
    AreaRule,
    CorrectionKind,
    Duty,
    Finality,
    Flag,
    Kind,
    LeaveKind,
    OfficerKind,
    Protocol,
    Reason,
    ShiftSource,
    State,
    Zone,
)
from fieldstaff.models.devices import Device, DeviceBinding
from fieldstaff.models.due import DayDue
from fieldstaff.models.emergency import OfficerPin
from fieldstaff.models.enrolment import App, Brand, NoticeGiven, PhoneCare, SheetImport
from fieldstaff.models.figures import (
    Attendance,
    Correction,
    CorrectionDecision,
    FrozenDay,
    LedgerLine,
    PayrollPeriod,
    Policy,
)
from fieldstaff.models.orders import Order, OrderEvent, OrderPhoto
from fieldstaff.models.orderwords import MovedBy, OrderState, PhotoState
from fieldstaff.models.people import Officer, Training, WorkArea
from fieldstaff.models.push import PushKey, PushMessage, PushSubscription
from fieldstaff.models.pwa import PhoneSession, WaterLevel
from fieldstaff.models.reckonings import Reckoning
from fieldstaff.models.rosters import Leave, Outage, RosterAssignment, RosterLine, RosterPattern, Shift
from fieldstaff.models.sheets import DayReview, PayExport, PaySheet
from fieldstaff.models.trails import Latest, Position, Quarantine, SosEvent

__all__ = [
    "App",
    "AreaRule",
    "Attendance",
    "Brand",
    "Correction",
    "CorrectionDecision",
    "CorrectionKind",
    "DayDue",
    "DayReview",
    "Device",
    "DeviceBinding",
    "Duty",
    "Finality",
    "Flag",
    "FrozenDay",
    "Kind",
    "Latest",
    "Leave",
    "LeaveKind",
    "LedgerLine",
    "MovedBy",
    "NoticeGiven",
    "Officer",
    "OfficerKind",
    "OfficerPin",
    "Order",
    "OrderEvent",
    "OrderPhoto",
    "OrderState",
    "Outage",
    "PayExport",
    "PaySheet",
    "PayrollPeriod",
    "PhoneCare",
    "PhoneSession",
    "PhotoState",
    "Policy",
    "Position",
    "Protocol",
    "PushKey",
    "PushMessage",
    "PushSubscription",
    "Quarantine",
    "Reason",
    "Reckoning",
    "RosterAssignment",
    "RosterLine",
    "RosterPattern",
    "SheetImport",
    "Shift",
    "ShiftSource",
    "SosEvent",
    "State",
    "Training",
    "WaterLevel",
    "WorkArea",
    "Zone",
]
