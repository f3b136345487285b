"""Public sets with outcomes: which columns are known only afterwards, and which rows are held out.

Held out are the last fifth where rows have an order of time, else a fifth of the persons by a hash.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

TEST_SHARE = 0.2
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Set:
    """One set, ready to be split.

    Parameters
    ----------
    rows : pl.DataFrame
        Text as in the file, earlier rows first where there is an order.
    label : str
        Column of the outcome; `positive` is its value for a conversion.
    is_test : (n,) bool
    how : str
        How the test rows were chosen.
    """

    name: str
    rows: pl.DataFrame
    label: str
    positive: str
    is_test: Mask
    how: str


def _read(path: Path, separator: str = ",") -> pl.DataFrame:
    return pl.read_csv(path, separator=separator, infer_schema=False)


def _last(rows: int) -> Mask:
    return np.arange(rows) >= int(rows * (1 - TEST_SHARE))


def _hashed(keys: pl.Series) -> Mask:
    shares = [
        int(hashlib.md5(str(k).encode(), usedforsecurity=False).hexdigest()[:8], 16) for k in keys
    ]
    return np.array(shares) < TEST_SHARE * 2**32


def _alike(rows: pl.DataFrame, *ids: str) -> pl.Series:
    """One text per row without its ids: duplicates share it."""
    return (
        rows.drop(ids).select(pl.concat_str(pl.all().fill_null(""), separator="\x1f")).to_series()
    )


def _x_education(data: Path) -> Set:
    rows = _read(data / "x_education/Leads.csv")
    rows = rows.sort(pl.col("Lead Number").cast(pl.Int64)).drop("Prospect ID")
    late = ("Tags", "Lead Quality", "Lead Profile", "Last Activity", "Last Notable Activity")
    rows = rows.drop([c for c in rows.columns if c in late or c.startswith("Asymmetrique")])
    is_test, keys = _last(rows.height), _alike(rows, "Lead Number", "Converted")
    kept = ~(is_test & keys.is_in(keys.filter(pl.Series(~is_test)).implode()).to_numpy())
    rows, is_test = rows.filter(pl.Series(kept)), is_test[kept]
    return Set("x_education", rows, "Converted", "1", is_test, "last, without duplicates of before")


def _bank(data: Path) -> Set:
    rows = _read(data / "bank_marketing/bank-full.csv", ";").drop("duration")
    return Set("bank-full", rows, "y", "yes", _last(rows.height), "last")


def _ibm(data: Path) -> Set:
    rows = _read(data / "ibm_win_loss/WA_Fn-UseC_-Sales-Win-Loss.csv")
    late = [c for c in rows.columns if "Days" in c or c == "Sales Stage Change Count"]
    rows = rows.drop(late)
    is_test = _hashed(rows["Opportunity Number"])
    return Set("ibm_win_loss", rows, "Opportunity Result", "Won", is_test, "hash of the number")


def _maven(data: Path) -> Set:
    folder = data / "maven_crm"
    rows = _read(folder / "sales_pipeline.csv").filter(pl.col("deal_stage").is_in(["Won", "Lost"]))
    accounts, teams = _read(folder / "accounts.csv"), _read(folder / "sales_teams.csv")
    rows = rows.join(accounts, on="account", how="left", maintain_order="left")
    rows = rows.join(teams, on="sales_agent", how="left", maintain_order="left")
    day = pl.col("engage_date").str.to_date("%d-%m-%Y")
    rows = rows.sort(day, maintain_order=True).drop("close_value", "close_date")
    days = rows.select(day).to_series()
    is_test = (days >= days[int(rows.height * (1 - TEST_SHARE))]).to_numpy()
    return Set("maven_crm", rows, "deal_stage", "Won", is_test, "last by engage_date")


def _car(data: Path) -> Set:
    rows = _read(data / "car_insurance_cold_calls/carInsurance_train_clean.csv")
    rows = rows.drop("CallStart", "CallEnd")
    return Set("car_insurance", rows, "CarInsurance", "1", _hashed(rows["Id"]), "hash of the id")


def _extraalearn(data: Path) -> Set:
    rows = _read(data / "extraalearn/ExtraaLearn.csv")
    is_test = _hashed(_alike(rows, "ID", "status"))
    return Set("extraalearn", rows, "status", "1", is_test, "hash of the row")


def _ifood(data: Path) -> Set:
    rows = _read(data / "ifood_marketing_campaign/marketing_campaign.csv")
    is_test = _hashed(_alike(rows, "ID", "Response"))
    return Set("ifood", rows, "Response", "1", is_test, "hash of the row")


def _shoppers(data: Path) -> Set:
    rows = _read(data / "online_shoppers/online_shoppers_intention.csv", ";")
    rows = rows.drop("PageValues", "ExitRates")
    return Set("online_shoppers", rows, "Revenue", "TRUE", _last(rows.height), "last")


def _starbucks(data: Path) -> Set:
    rows = _read(data / "starbucks_promo/training.csv")
    return Set("starbucks", rows, "purchase", "1", _hashed(rows["ID"]), "hash of the id")


def _zoho(data: Path) -> Set:
    rows = _read(data / "zoho_crm_demo/Leads.csv")
    day = pl.col("Created Time").str.to_datetime("%d %b, %Y %H:%M:%S")
    rows = rows.sort(day, maintain_order=True)
    return Set("zoho_crm_demo", rows, "CONVERTED", "Yes", _last(rows.height), "last by creation")


SETS: dict[str, Callable[[Path], Set]] = {
    "x_education": _x_education,
    "bank-full": _bank,
    "online_shoppers": _shoppers,
    "maven_crm": _maven,
    "zoho_crm_demo": _zoho,
    "car_insurance": _car,
    "extraalearn": _extraalearn,
    "ifood": _ifood,
    "starbucks": _starbucks,
    "ibm_win_loss": _ibm,
}
