"""``manage.py train_categories``: category suggestion, learned from the city's closed reports."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from complaints.services import training
from complaints.services.training import Trained
from complaints.suggest.training import LEAST_TEXTS

PROBLEMS = {
    "too_few_classes": "at least two categories need that many closed reports",
    "no_common_words": "no word was used by five different reporters",
    "nothing_held_out": "no text is left to measure it on",
}
VERDICTS = {
    "first": "the first one",
    "better": "better than the one in use",
    "as_good": "as good as the one in use",
    "worse": "worse than the one in use",
    "worse_than_rules": "worse than the keyword rules alone",
}


class Command(BaseCommand):
    help = (
        "Trains the suggestion of categories from closed reports; a worse model never replaces a better one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many reports a category needs, and whether to look only."""
        parser.add_argument(
            "--min-reports", type=int, default=LEAST_TEXTS, metavar="N",
            help=f"different closed reports a category needs to be learned (default {LEAST_TEXTS})",
        )  # fmt: skip
        parser.add_argument("--dry-run", action="store_true", help="train and measure, change nothing")
        parser.add_argument(
            "--simulated", action="store_true", help="learn from the demo's reports too; only with --dry-run"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Trains, prints the table, and says what became of it."""
        if options["min_reports"] < 10:
            raise CommandError("--min-reports: fewer than 10 reports teach a category by accident")
        if options["simulated"] and not options["dry_run"]:
            raise CommandError("--simulated: a model of simulated reports is never put to use; add --dry-run")
        done = training.train(
            least=options["min_reports"], dry_run=options["dry_run"], simulated=options["simulated"]
        )
        report = done.outcome.report
        for code, size in (report.left_out or {}).items():
            self.stdout.write(f"left out: {code} has {size} different closed reports")
        if done.outcome.model is None:
            raise CommandError(f"no model: {PROBLEMS.get(report.problem, report.problem)}")
        self._table(done)
        self._verdict(done, dry=options["dry_run"])

    def _table(self, done: Trained) -> None:
        report = done.outcome.report
        self.stdout.write(
            f"learned from {report.trained} texts, {report.terms} words and pairs; "
            f"measured on {report.held_out} others; {done.overrides} labels that overrode a suggestion"
        )
        self.stdout.write(f"{'category':<12}{'held out':>9}{'rules F1':>10}{'model F1':>10}{'both F1':>10}")
        rules, both = done.rules.classes or {}, done.both.classes or {}
        for code, score in (report.classes or {}).items():
            figures = (rules[code].f1, score.f1, both[code].f1)
            self.stdout.write(f"{code:<12}{score.held_out:>9}" + "".join(f"{f1:>10.3f}" for f1 in figures))
        for name, kind in (
            ("macro F1", "macro_f1"),
            ("right", "accuracy"),
            ("calibration", "calibration_error"),
        ):
            columns = [getattr(item, kind) for item in (done.rules, report, done.both)]
            self.stdout.write(f"{name:<12}{'':>9}" + "".join(f"{value:>10.3f}" for value in columns))

    def _verdict(self, done: Trained, *, dry: bool) -> None:
        assert done.outcome.model is not None
        version, reason = done.outcome.model.version, VERDICTS[done.verdict.reason]
        if not done.verdict.accept:
            raise CommandError(
                f"{version} is {reason}: {done.verdict.new} against {done.verdict.old}; not used"
            )
        told = "nothing was changed (--dry-run)" if dry else "in use from now on"
        self.stdout.write(self.style.SUCCESS(f"{version}: {reason}; {told}"))
