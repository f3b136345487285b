from pathlib import Path

from pipelines.load.docs import render

PAGE = Path(__file__).parents[3] / "docs/fields.md"


def test_the_page_is_what_the_code_says():
    assert PAGE.read_text(encoding="utf-8") == render()
