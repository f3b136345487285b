from datetime import date

import polars as pl

from pipelines.console import querying


def test_a_year_or_an_id_has_no_thousands(monkeypatch, capsys):
    frame = pl.DataFrame(
        {
            "year": [2022],
            "id": [1234567],
            "share": [1234.5],
            "day": [date(2024, 1, 2)],
            "no": [None],
        }
    )
    monkeypatch.setattr(querying, "run_query", lambda _home, _query: frame)
    querying.show_sql("SELECT 1", out=None, as_json=False)
    last = capsys.readouterr().out.splitlines()[-1].split()
    assert last == ["2022", "1234567", "1234.5", "2024-01-02", "-"]
