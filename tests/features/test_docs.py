from pathlib import Path

from features.docs import render
from features.registry import REGISTRY

PAGE = Path(__file__).parents[2] / "docs" / "features.md"


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == render(), (
        "docs/features.md is stale: run `python -m features.docs > docs/features.md`"
    )


def test_every_feature_is_on_the_page():
    lines = render().splitlines()
    assert all(any(line.startswith(f"| `{f.name}` |") for line in lines) for f in REGISTRY)
