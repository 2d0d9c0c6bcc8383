"""Cameras in and out as CSV or XLSX: row by row errors, dry run, all or nothing, never a password out.

The rows are read and written by django-import-export's resource; its admin pages are not used, because they
keep the uploaded file on disk between two steps and print whole rows, passwords included, into the preview.
"""

from __future__ import annotations

import csv
import io
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from import_export import fields, resources, widgets
from import_export.results import Result
from openpyxl import load_workbook
from tablib.core import Dataset

from cctv import services, sharing
from cctv.exchange_cells import Day, Number, columns_by_heading, heading
from cctv.models import Camera, CameraGroup, DataPackage, DeviceModel, Site
from commandcenter.city import audit
from commandcenter.city.models import Agency, Area
from commandcenter.city.sheet_guard import TooMuch, in_time, weighed
from commandcenter.city.table import quoted, unquoted
from commandcenter.city.viewers import Viewer

MOST_BYTES, MOST_ROWS = 5_000_000, 2_000
MOST_COLUMNS = 60
PLAIN = (
    "code", "name", "lat", "lng", "direction", "fov", "range_m", "place_kind", "programme", "phase",
    "trial_until", "sharing", "purpose", "lawful_basis", "notice_posted", "retention_days", "contact",
    "phone", "capture_mode", "main_url", "sub_url", "still_url", "transport", "codec_hint", "min_interval",
    "wall_interval", "idle_interval", "enabled", "notes",
)  # fmt: skip
LINKED = ("site", "agency", "area", "device_model", "data_package", "groups")
NUMBERS = (
    "lat", "lng", "direction", "fov", "range_m", "retention_days", "min_interval", "wall_interval",
    "idle_interval",
)  # fmt: skip
SECRET = ("username", "password")
COLUMNS = (*PLAIN[:2], *LINKED[:3], *PLAIN[2:], *LINKED[3:])
NEEDED = ("name", "site", "agency")


class FileRefused(ValueError):
    """The file cannot be read at all; the message is for the person who chose it."""


class ByName(widgets.ForeignKeyWidget):
    """A row of another table by its code or name; an unknown one is an error of that column."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Model | None:
        """The row, None for an empty cell; ValueError names what was written."""
        try:
            found: Model | None = super().clean(unquoted(value) if value else value, row, **kwargs)
        except (self.model.DoesNotExist, self.model.MultipleObjectsReturned):
            raise ValueError(_("“%(value)s” is not in the list.") % {"value": value}) from None
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """The code or name, quoted like every other text."""
        return quoted(str(super().render(value, obj, **kwargs) or ""))


class ModelByBrand(ByName):
    """A device model as "brand model"."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Model | None:
        """The model whose brand and name read like the cell."""
        words = " ".join(unquoted(value).split()).lower()
        if not words:
            return None
        for model in DeviceModel.objects.all():
            if str(model).lower() == words:
                return model
        raise ValueError(_("“%(value)s” is not in the list.") % {"value": value})

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """The brand and the name."""
        return quoted(str(value)) if value else ""


class Choice(widgets.CharWidget):
    """One of a field's values, written as value or as label."""

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        """The stored value; ValueError lists what is possible."""
        wanted = str(value or "").strip().lower()
        pairs = [(str(v), str(label)) for v, label in _column(self.field).flatchoices]
        for stored, label in pairs:
            if wanted in {stored, label.lower()}:
                return stored
        raise ValueError(_("Possible values: %(list)s.") % {"list": ", ".join(v for v, _label in pairs)})


class YesNo(widgets.BooleanWidget):
    """Yes and no in both languages."""

    TRUE_VALUES = ["1", 1, True, "true", "TRUE", "True", "ya", "Ya", "YA", "yes", "Yes", "y"]
    FALSE_VALUES = ["0", 0, False, "false", "FALSE", "False", "tidak", "Tidak", "TIDAK", "no", "No", "t", "n"]

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        """True or False; anything else is an error."""
        value = value.strip() if isinstance(value, str) else value
        if value in self.TRUE_VALUES:
            return True
        if value in self.FALSE_VALUES or value in ("", None):
            return False
        raise ValueError(_("Write ya or tidak."))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """Ya or tidak."""
        return "ya" if value else "tidak"


class SafeText(widgets.CharWidget):
    """Text that no spreadsheet runs: a leading = + - @ gets a quote, which import takes off again."""

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """The text, quoted where needed."""
        return quoted(str(value or ""))

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        """The text as it was before `render`."""
        whole = isinstance(value, float) and value.is_integer()
        return unquoted(int(value) if whole else value)


class Groups(widgets.CharWidget):
    """Group codes, separated by semicolons."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> list[CameraGroup]:
        """The groups; ValueError names the first unknown code."""
        codes = [code.strip() for code in str(value or "").split(";") if code.strip()]
        found = {group.code: group for group in CameraGroup.objects.filter(code__in=codes)}
        for code in codes:
            if code not in found:
                raise ValueError(_("“%(value)s” is not in the list.") % {"value": code})
        return list(found.values())


def _column(name: str) -> Any:
    """A column of the register (never a reverse relation)."""
    return Camera._meta.get_field(name)


def _text_columns() -> list[str]:
    """Columns of free text (choices, numbers and dates have their own widgets)."""
    kinds = {"CharField", "TextField", "SlugField"}
    model_fields = [_column(name) for name in PLAIN]
    return [f.name for f in model_fields if f.get_internal_type() in kinds and not f.flatchoices]


class CameraResource(resources.ModelResource):
    """One camera a row, found by its code; saved through the service like any other change."""

    class Meta:
        model = Camera
        fields = PLAIN
        import_id_fields = ("code",)
        use_transactions = True
        skip_diff = True

    def __init__(self, viewer: Viewer) -> None:
        super().__init__()
        self.viewer = viewer
        for name in _text_columns():
            self.fields[name].widget = SafeText()
        for name in NUMBERS:
            self.fields[name].widget = Number(whole=_column(name).get_internal_type() != "FloatField")
        self.fields["trial_until"].widget = Day()
        for name in ("place_kind", "phase", "sharing", "capture_mode", "transport"):
            self.fields[name].widget = Choice(name)
        for name in ("notice_posted", "enabled"):
            self.fields[name].widget = YesNo()
        links: dict[str, Any] = {
            "site": ByName(Site, "code"),
            "agency": ByName(Agency, "code"),
            "area": ByName(Area, "code"),
            "device_model": ModelByBrand(DeviceModel),
            "data_package": ByName(DataPackage, "name"),
        }
        for name, widget in links.items():
            self.fields[name] = fields.Field(attribute=name, column_name=name, widget=widget)
        self.fields["groups"] = fields.Field(attribute="wanted_groups", column_name="groups", widget=Groups())
        meta: Any = self._meta  # type: ignore[attr-defined]
        meta.import_order = meta.export_order = COLUMNS

    def get_queryset(self) -> QuerySet[Camera]:
        """A foreign camera cannot be overwritten: its code counts as taken."""
        return Camera.objects.visible_to(self.viewer)

    def import_field(self, field: Any, instance: Any, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:
        """An empty cell of a new camera leaves the model's own default."""
        empty = row.get(field.column_name) in ("", None)
        if empty and instance.pk is None and field.column_name not in LINKED:
            return
        super().import_field(field, instance, row, is_m2m, **kwargs)

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        """Empty lines at the end of a sheet are no cameras."""
        return not any(str(value or "").strip() for value in row.values())

    def validate_instance(
        self, instance: Any, import_validation_errors: Any = None, validate_unique: Any = True
    ) -> None:
        """Cells that could not be read, with all else that is wrong in the row: one round, not many."""
        if import_validation_errors:
            known = set(import_validation_errors)
            raise ValidationError({**services.problems_of(instance, known), **import_validation_errors})

    def save_instance(self, instance: Any, is_create: bool, row: Any, **kwargs: Any) -> None:
        """Through `save_camera`: guard, audit, event. Empty login cells keep what is stored."""
        groups = instance.wanted_groups if "groups" in row else None
        login = {name: str(row[name]) for name in SECRET if row.get(name)}
        services.save_camera(by=self.viewer, camera=instance, groups=groups, **login)

    def save_m2m(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """Groups went with the camera."""

    def dehydrate_groups(self, camera: Camera) -> str:
        """The camera's group codes."""
        return ";".join(sorted(group.code for group in camera.groups.all()))


def import_cameras(*, by: Viewer, table: Dataset, dry_run: bool) -> Result:
    """Reads every row; saves all of them, or none when a single one is wrong or ``dry_run``."""
    result: Result = CameraResource(by).import_data(
        table, dry_run=dry_run, raise_errors=False, rollback_on_validation_errors=True
    )
    if not dry_run and not result.has_errors() and not result.has_validation_errors():
        audit.record(viewer=by, action="import.cameras", detail=dict(result.totals))
    return result


def problems(result: Result) -> list[dict[str, Any]]:
    """``{"row", "column", "text"}`` of every error; ``row`` counts as the spreadsheet does, headers first."""
    found = [{"row": 1, "column": "", "text": str(error.error)} for error in result.base_errors]
    for bad in result.invalid_rows:
        for column, texts in bad.error_dict.items():
            name = "" if column == "__all__" else column.removesuffix("_id").removeprefix("wanted_")
            found += [{"row": bad.number + 1, "column": name, "text": text} for text in texts]
    for number, errors in result.row_errors():
        text = _("This row could not be read (%(kind)s).")
        found += [
            {"row": number + 1, "column": "", "text": text % {"kind": type(error.error).__name__}}
            for error in errors
        ]
    for problem in found:
        problem["heading"] = heading(problem["column"]) if problem["column"] in {*COLUMNS, *SECRET} else ""
    return sorted(found, key=lambda problem: problem["row"])


def export_cameras(*, by: Viewer, rows: QuerySet[Camera], kind: str) -> bytes:
    """The rows that ``by`` may export, as "csv" (UTF-8 with mark, for Excel) or "xlsx"; audited."""
    allowed: Any = rows.filter(sharing.exportable(by)).select_related(*LINKED[:-1]).prefetch_related("groups")
    table = CameraResource(by).export(allowed)
    audit.record(viewer=by, action="export.cameras", detail={"rows": len(table), "format": kind})
    if kind == "xlsx":
        table.title = _("Cameras")
        table.headers = [heading(column) for column in table.headers or []]
        return bytes(table.export(kind))
    # Every CSV cell in quotes: a list separator inside a name must not start a cell of its own.
    content = table.export(kind, quoting=csv.QUOTE_ALL)
    return b"\xef\xbb\xbf" + content.encode() if isinstance(content, str) else bytes(content)


def read_table(content: bytes, name: str) -> Dataset:
    """The first sheet or the CSV file as a table with our column names; FileRefused tells what is wrong."""
    if len(content) > MOST_BYTES:
        raise FileRefused(_("The file is larger than 5 MB."))
    table = _read_xlsx(content) if name.lower().endswith(".xlsx") else _read_csv(content)
    table.headers = _named(table.headers or [])
    if len(table) > MOST_ROWS:
        raise FileRefused(_("The file has more than %(n)d rows.") % {"n": MOST_ROWS})
    if "code" not in table.headers:
        table.append_col([""] * len(table), header="code")
    return table


def _named(headers: list[Any]) -> list[str]:
    """Our names of the columns, from names or headings; FileRefused says all that is wrong with them."""
    known = columns_by_heading((*COLUMNS, *SECRET))
    given = [str(header or "").strip() for header in headers]
    names = [known.get(header.lower(), header.lower()) for header in given]
    wrong = {
        _("Missing columns: %(names)s."): [heading(name) for name in NEEDED if name not in names],
        _("Unknown columns: %(names)s."): [text for text in given if text and text.lower() not in known],
        _("Columns that stand there twice: %(names)s."): sorted(
            {heading(name) for name in names if name in known and names.count(name) > 1}
        ),
    }
    said = [words % {"names": ", ".join(found)} for words, found in wrong.items() if found]
    if said:
        raise FileRefused(" ".join(said))
    return names


def _read_xlsx(content: bytes) -> Dataset:
    try:
        book = load_workbook(weighed(content), read_only=True, data_only=True)
        # What the file says of its own size is not believed: a sheet may claim sixteen thousand columns.
        lines = book.worksheets[0].iter_rows(
            max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS + 1, values_only=True
        )
        return _table([list(line) for line in in_time(lines)])
    except FileRefused:
        raise
    except TooMuch as error:
        raise FileRefused(str(error)) from error
    except Exception as error:
        raise FileRefused(_("This is not an XLSX file, or it is damaged.")) from error


def _read_csv(content: bytes) -> Dataset:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    first = text.partition("\n")[0]
    try:
        reader = csv.reader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",")
        rows: list[list[Any]] = [row[: MOST_COLUMNS + 1] for row in islice(reader, MOST_ROWS + 2)]
    except csv.Error as error:
        if "field limit" in str(error):
            raise FileRefused(_("A cell of the file holds more than 130,000 characters.")) from error
        raise FileRefused(_("This is not a CSV file, or it is damaged.")) from error
    return _table(rows)


def _table(rows: list[list[Any]]) -> Dataset:
    """Headers and rows of one width; a file without rows or with too many columns is refused."""
    if not rows:
        raise FileRefused(_("The file is empty."))
    while rows[0] and rows[0][-1] in (None, ""):
        rows[0].pop()
    width = len(rows[0])
    if width > MOST_COLUMNS:
        raise FileRefused(_("The file has more than %(n)d columns.") % {"n": MOST_COLUMNS})
    even = [(row + [""] * width)[:width] for row in rows[1:]]
    return Dataset(*even, headers=rows[0])
