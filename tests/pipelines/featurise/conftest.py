import pytest

from pipelines.store import Database, create_tables


@pytest.fixture(scope="module")
def db():
    with Database.memory(memory_gb=1.0, threads=2) as database:
        create_tables(database)
        yield database
