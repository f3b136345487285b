"""Options that several commands share."""

from datetime import date
from typing import Annotated

from cyclopts import Parameter

Json = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON.")]
AsOf = Annotated[date | None, Parameter(help="Logical date, YYYY-MM-DD; today in UTC by default.")]
FLAG = Parameter(negative="")
