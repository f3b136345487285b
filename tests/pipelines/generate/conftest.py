import pytest

from pipelines.generate import GenerateReport, generate


@pytest.fixture(scope="session")
def csv_world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("worlds") / "csv"
    report: GenerateReport = generate(folder, leads=6_000, seed=11)
    return folder, report


@pytest.fixture(scope="session")
def parquet_world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("worlds") / "parquet"
    report: GenerateReport = generate(folder, leads=6_000, seed=11, format="parquet")
    return folder, report
