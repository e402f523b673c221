import gc
import subprocess
import sys

import pytest

from clone_pipeline.lasting import lasting


def test_no_garbage_is_looked_for_in_the_block_and_what_is_there_stays() -> None:
    before = gc.get_freeze_count()
    with lasting("a_module_that_is_not_there_yet"):
        assert not gc.isenabled()
        made: list[list[int]] = [[] for _ in range(1000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() >= before + len(made)


def test_where_the_module_was_imported_before_nothing_is_kept_for_good() -> None:
    before = gc.get_freeze_count()
    with lasting("sys"):
        assert gc.isenabled()
    assert gc.get_freeze_count() == before


def test_an_import_that_fails_leaves_the_search_for_garbage_as_it_was() -> None:
    before = gc.get_freeze_count()
    with pytest.raises(ImportError), lasting("a_module_that_is_not_there_yet"):
        raise ImportError
    assert gc.isenabled()
    assert gc.get_freeze_count() == before


@pytest.mark.parametrize(
    "start",
    [
        "import clone_pipeline.cli",
        "import clone_pipeline.definitions",
        "from clone_pipeline.local_model import loading; loading.set_up()",
    ],
)
def test_programs_that_start_with_large_imports_look_for_garbage_afterwards(start: str) -> None:
    code = f"import gc; {start}; assert gc.isenabled() and gc.get_freeze_count() > 20_000"
    subprocess.run([sys.executable, "-c", code], check=True)
