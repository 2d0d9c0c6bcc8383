"""Answers to a category's questions: are they there, are they of the kind that was asked."""

from __future__ import annotations

from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from complaints.models import Category, Question

LIMITS = {Question.DataType.STRING: 300, Question.DataType.TEXT: 4000}


def problems(category: Category, given: dict[str, Any], *, complete: bool = True) -> list[str]:
    """A sentence for each answer that is wrong, or missing, beginning with its question's code.

    ``complete`` False: what is missing is asked later (somebody is on the telephone, or in pain).
    """
    known = {question.code: question for question in category.questions.all()}
    found = [
        _("%(code)s: this question is not asked here.") % {"code": code[:40]}
        for code in given
        if code not in known
    ]
    for code, question in known.items():
        value = given.get(code)
        if value in (None, "", []):
            if question.required and complete:
                found.append(_("%(code)s: an answer is needed.") % {"code": code})
        elif problem := _problem(question, value):
            found.append(f"{code}: {problem}")
    return found


def _problem(question: Question, value: Any) -> str:
    kind = question.datatype
    if kind in {Question.DataType.ONE, Question.DataType.SEVERAL}:
        return _list_problem(question, value)
    if not isinstance(value, str | int | float):
        return str(_("a single answer is expected."))
    text = str(value)
    if kind == Question.DataType.NUMBER:
        return "" if _is_number(text) else str(_("a number is expected."))
    if kind == Question.DataType.DATETIME:
        return "" if _is_moment(text) else str(_("a date with time and zone is expected."))
    return str(_("the answer is too long.")) if len(text) > LIMITS[Question.DataType(kind)] else ""


def _list_problem(question: Question, value: Any) -> str:
    keys = {str(pair[0]) for pair in question.values}
    chosen = value if isinstance(value, list) else [value]
    if question.datatype == Question.DataType.ONE and len(chosen) != 1:
        return str(_("choose one."))
    return "" if all(str(item) in keys for item in chosen) else str(_("choose from the list."))


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) < 1e15
    except ValueError:
        return False


def _is_moment(text: str) -> bool:
    try:
        moment = parse_datetime(text.replace(" ", "T", 1).replace(" ", "+"))
    except ValueError:
        return False
    return moment is not None and moment.tzinfo is not None
