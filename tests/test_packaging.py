"""The three generic package names resolve to us, and nothing heavy is imported for --help."""

import subprocess
import sys
from pathlib import Path

import features
import models
import pipelines

ROOT = Path(__file__).parents[1]


def test_the_package_names_are_ours():
    for package in (features, models, pipelines):
        assert Path(package.__file__).is_relative_to(ROOT)


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from pipelines.cli import main; main(['--help']);"
        "heavy = {'polars', 'duckdb', 'lightgbm', 'numpy', 'pydantic', 'prefect', 'pyarrow'};"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_scoring_never_imports_prefect():
    code = "import sys; import pipelines.console.scoring;sys.exit('prefect' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_no_source_file_is_longer_than_300_lines():
    long = [
        str(file.relative_to(ROOT))
        for package in ("features", "models", "pipelines")
        for file in (ROOT / package).rglob("*.py")
        if len(file.read_text(encoding="utf-8").splitlines()) > 300
    ]
    assert long == []
