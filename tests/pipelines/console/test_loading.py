"""`load`: what was set aside and may be a no ends with an error."""

from types import SimpleNamespace

import pytest

from pipelines.console.loading import fail_unbound
from pipelines.errors import BadInputError


def loaded(kind: str, quarantined: int) -> SimpleNamespace:
    return SimpleNamespace(landed=SimpleNamespace(kind=kind, quarantined=quarantined))


@pytest.mark.parametrize("kind", ["consent", "suppressions", "attempts", "customers", "registry"])
def test_a_record_that_may_keep_somebody_off_the_list_is_not_lost_quietly(kind):
    with pytest.raises(BadInputError, match="2 records that may say no"):
        fail_unbound([loaded("leads", 1), loaded(kind, 2)])
    fail_unbound([loaded(kind, 0), loaded("leads", 3)])
