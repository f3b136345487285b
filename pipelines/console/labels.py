"""The labels after a load: how many leads of each year are positive, and what looks wrong."""

from pipelines.console.screen import say, show_table
from pipelines.runs.labels import LabelReport

_COUNTS = ("leads", "judged", "positives", "later", "too_young", "undated")


def show_labels(report: LabelReport) -> None:
    """Show the audit of the loaded sources, values that mean nothing, and warnings."""
    for (label,), rows in report.audit.group_by("label", maintain_order=True):
        days = rows["horizon_days"][0]
        show_table(
            f"Labels: {label}" + (f" within {days} days of creation" if days else ""),
            ("source", "created", *_COUNTS, "share"),
            [
                (
                    row["source_system"],
                    "no date" if row["created_year"] is None else str(row["created_year"]),
                    *(f"{row[name]:,}" for name in _COUNTS),
                    "" if row["share"] is None else f"{row['share']:.2%}",
                )
                for row in rows.to_dicts()
            ],
            right=tuple(range(2, 9)),
        )
    for name, columns in report.unmapped.items():
        for column, found in columns.items():
            values = ", ".join(f"{value} ({count:,})" for value, count in found["values"].items())
            if values:
                say(f"{name}: {column} says nothing to us in: {values}")
    for line in report.warnings:
        say(f"! {line}")
