"""Columns that know the outcome, in whole exports: the verdicts, and the AUC with and without.

Every set is loaded with all its columns into a home of its own and trained twice, once as shipped
and once with every leak kept. What is known to be late is listed below and held against the
verdicts. The sets are not part of this project: say where they lie.

    python benchmarks/bench_leakage.py --data PATH [--only x_education] [--json out.json]
"""

import argparse
import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from models.manifest import TOGETHER
from pipelines.load.meaning.mapping import load_mapping
from pipelines.runs.load import LoadRequest, run_load
from pipelines.runs.train import run_train
from pipelines.settings.home import Home


@dataclass(frozen=True)
class Set:
    """One export: its file, outcome, and the columns known to be filled in afterwards."""

    file: str
    label: str
    positive: str
    late: tuple[str, ...] = ()
    identifier: str | None = None


SETS = {
    "x_education": Set(
        "x_education/Leads.csv", "Converted", "1",
        ("Tags", "Lead Quality", "Lead Profile", "Last Activity", "Last Notable Activity",
         "Asymmetrique Activity Index", "Asymmetrique Profile Index",
         "Asymmetrique Activity Score", "Asymmetrique Profile Score"),
        "Prospect ID",
    ),
    "bank_full": Set("bank_marketing/bank-full.csv", "y", "yes", ("duration",)),
    "ibm_win_loss": Set(
        "ibm_win_loss/WA_Fn-UseC_-Sales-Win-Loss.csv", "Opportunity Result", "Won",
        ("Elapsed Days In Sales Stage", "Sales Stage Change Count",
         "Total Days Identified Through Closing", "Total Days Identified Through Qualified",
         "Ratio Days Identified To Total Days", "Ratio Days Validated To Total Days",
         "Ratio Days Qualified To Total Days"),
    ),
    "online_shoppers": Set(
        "online_shoppers/online_shoppers_intention.csv", "Revenue", "TRUE",
        ("PageValues", "ExitRates", "BounceRates"),
    ),
    "maven_crm": Set(
        "maven_crm/sales_pipeline.csv", "deal_stage", "Won", ("close_value", "close_date"),
        "opportunity_id",
    ),
    "car_insurance": Set(
        "car_insurance_cold_calls/carInsurance_train_clean.csv", "CarInsurance", "1", (), "Id"
    ),
    "extraalearn": Set("extraalearn/ExtraaLearn.csv", "status", "1", (), "ID"),
    "ifood": Set("ifood_marketing_campaign/marketing_campaign.csv", "Response", "1", (), "ID"),
    "starbucks": Set("starbucks_promo/training.csv", "purchase", "1", (), "ID"),
    "zoho_crm_demo": Set("zoho_crm_demo/Leads.csv", "CONVERTED", "Yes", (), "LEADID"),
}  # fmt: skip


@dataclass(frozen=True)
class Result:
    """Verdicts by column, and the AUC on held-out rows as shipped and with every column."""

    name: str
    left_out: dict[str, str]
    suspect: dict[str, str]
    missed: tuple[str, ...]
    wrong: tuple[str, ...]
    auc: float
    auc_with_all: float


def measure(name: str, case: Set, data: Path, folder: Path) -> Result:
    """Load and train one set twice."""
    mapping = folder / f"{name}.toml"
    fields = f'[fields]\nsource_id = "{case.identifier}"\n' if case.identifier else ""
    label = f'[label]\ncolumn = "{case.label}"\npositive = ["{case.positive}"]\n'
    mapping.write_text(f'source_system = "{name}"\n{fields}{label}')
    home = Home(folder / name)
    run_load(home, [LoadRequest([data / case.file], "leads", load_mapping(mapping))])
    shipped = run_train(home, source=name)[0].model.manifest
    home.settings_file.write_text('[train.leakage]\nstatic_action = "report"\n')
    whole = run_train(home, source=name)[0].model.manifest
    verdicts = {
        verdict: {
            entry["feature"].removeprefix("custom:"): entry["reason"]
            for entry in shipped["leakage"]
            if entry["verdict"] == verdict and entry["feature"] != TOGETHER
        }
        for verdict in ("leak", "suspect")
    }
    found = verdicts["leak"].keys() | verdicts["suspect"].keys()
    return Result(
        name,
        verdicts["leak"],
        verdicts["suspect"],
        tuple(column for column in case.late if column not in found),
        tuple(column for column in verdicts["leak"] if column not in case.late),
        shipped["metrics"]["auc"],
        whole["metrics"]["auc"],
    )


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the sets")
    parser.add_argument("--only", nargs="+", choices=sorted(SETS), default=sorted(SETS))
    parser.add_argument("--json", type=Path, help="write the results there")
    chosen = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for name in chosen.only:
            result = measure(name, SETS[name], chosen.data, Path(folder))
            results.append(result)
            print(f"{name}: AUC {result.auc:.3f}; with every column {result.auc_with_all:.3f}")
            for verdict, told in (("leak", result.left_out), ("suspect", result.suspect)):
                for column, reason in told.items():
                    print(f"  {verdict:8}{column}: {reason}")
            print(f"  late and not found: {', '.join(result.missed) or 'none'}")
            print(f"  left out and not known to be late: {', '.join(result.wrong) or 'none'}")
    if chosen.json:
        chosen.json.write_text(json.dumps([asdict(result) for result in results], indent=1))


if __name__ == "__main__":
    main()
