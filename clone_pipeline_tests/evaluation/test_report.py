from pathlib import Path

import pytest
from pydantic import ValidationError

from clone_pipeline.evaluation import report as reports
from clone_pipeline.evaluation.report import Compared
from clone_pipeline_tests.evaluation.reports import report, scores


def test_a_saved_report_is_read_back_as_it_was(tmp_path: Path) -> None:
    written = report(expert=scores(specificity=None, against=0.01))
    written.save(tmp_path / "deep" / "report.json")
    assert reports.load(tmp_path / "deep" / "report.json") == written


def test_a_report_with_a_field_of_another_time_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text('{"version": "v0001", "perplexity": 3}')
    with pytest.raises(ValidationError):
        reports.load(path)


def test_the_page_shows_figures_with_intervals_and_replies_as_text() -> None:
    page = reports.markdown(report())
    assert "0.800 [0.750, 0.850]" in page
    assert "`v0001`" in page
    assert "| anna | hi \\| | Hello | yo&lt;b> | yo |" in page
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    assert all(line.count(" | ") in (4, 12) for line in rows)


def test_the_page_says_why_production_was_not_compared() -> None:
    note = Compared(version="v0001", digest="one", note="it was taught segments")
    assert "Not compared with `v0001`, in production then: it was taught segments" in (
        reports.markdown(report(production=note))
    )
