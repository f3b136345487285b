import pytest

from features.custom import custom_feature
from features.registry import REGISTRY
from features.spec import Known
from features.telling import telling, warning


def named(*names):
    return [custom_feature(f"custom:{name}", "number", Known.EXPORT_ONLY) for name in names]


@pytest.mark.parametrize(
    "name",
    ["Opportunity Result", "close_value", "CloseDate__c", "Contract Signed", "is_won", "won",
     "Vertrag_Datum", "Kunde seit", "date d'achat", "Lost Reason", "InvoiceNumber"],
)  # fmt: skip
def test_a_name_that_speaks_of_the_outcome_is_told(name):
    assert telling(named(name)) == [name]
    assert name in warning(named(name, "age"))


@pytest.mark.parametrize(
    "name", ["Wonderland visits", "age", "Industry", "Windows version", "duration", "Lead Source",
             "disclosed income", "Recency"],
)  # fmt: skip
def test_other_names_are_not(name):
    assert warning(named(name)) == ""


def test_fields_of_ours_are_not_asked():
    assert telling(REGISTRY) == []
