"""``python -m pipelines.generate``: write a world to a folder."""

import argparse
import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path

from pipelines.errors import LeadTriageError
from pipelines.generate import T_END, Hidden, generate


def main() -> int:
    """Parse the command line, write the world, report as JSON; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.generate", description=__doc__)
    parser.add_argument("out", type=Path, help="folder to fill; missing or empty")
    parser.add_argument("--leads", type=int, required=True, help="lead rows")
    parser.add_argument("--seed", type=int, required=True, help="0 or more")
    parser.add_argument("--until", type=date.fromisoformat, default=T_END, help="YYYY-MM-DD")
    parser.add_argument("--format", choices=("csv", "csv.gz", "parquet"), default="csv")
    parser.add_argument("--no-truth", action="store_true", help="leave out truth/")
    parser.add_argument(
        "--hidden-weight",
        type=float,
        default=Hidden.weight,
        help="of what no file carries, 0 or more",
    )
    parser.add_argument(
        "--hidden-selection",
        type=float,
        default=Hidden.selection,
        help="how far sales chose by it, 0 to 1",
    )
    given = parser.parse_args()
    try:
        report = generate(
            given.out,
            leads=given.leads,
            seed=given.seed,
            until=given.until,
            format=given.format,
            with_truth=not given.no_truth,
            hidden=Hidden(given.hidden_weight, given.hidden_selection),
        )
    except LeadTriageError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(json.dumps(asdict(report), indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
