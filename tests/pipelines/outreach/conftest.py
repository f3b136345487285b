"""Fixtures of claims."""

import pytest

from pipelines.store.ledger import Ledger
from tests.pipelines.outreach.worlds import list_of, publish


@pytest.fixture
def snapshot(tmp_path):
    return publish(tmp_path / "leads.duckdb")


@pytest.fixture
def ledger(home):
    with Ledger(home.ledger) as opened:
        yield opened


@pytest.fixture
def listed():
    return list_of()
