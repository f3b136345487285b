"""The cache of compiled code: never other code, never an obstacle."""

import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numba
import numpy as np
import pytest

from tests.models.kernel.forests import Shape, matrix_for, model_text, oracle, same_bits, save

SOURCE = """
from models.kernel.jit import compiled

@compiled("int64(int64)")
def twice(number):
    return 2 * number
"""


def loaded(path: Path):
    from models.kernel import jit

    jit._key.cache_clear()  # a new process would read the sources again
    spec = importlib.util.spec_from_file_location("tiny", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.twice


def is_from_cache(function) -> bool:
    return sum(function.stats.cache_hits.values()) == 1


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(numba.config, "CACHE_DIR", "")  # beside the source
    path = tmp_path / "tiny.py"
    path.write_text(SOURCE)
    return path


def cache_of(source: Path) -> Path:
    files = list(source.parent.glob("__pycache__/*.nbc"))
    assert len(files) == 1
    return files[0]


@pytest.mark.parametrize("damage", ["empty", "half", "flipped", "swapped"])
def test_compiles_again_where_the_cache_is_damaged(source: Path, damage: str):
    assert not is_from_cache(loaded(source))
    file = cache_of(source)
    whole = file.read_bytes()
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    broken = {"empty": b"", "half": whole[:middle], "flipped": flipped, "swapped": whole[::-1]}
    file.write_bytes(broken[damage])
    again = loaded(source)
    assert again(21) == 42
    assert not is_from_cache(again)
    repaired = loaded(source)
    assert repaired(21) == 42
    assert is_from_cache(repaired)


def test_code_of_other_files_is_in_the_key(source: Path):
    loaded(source)
    source.with_name("other.py").write_text("changed = True")
    again = loaded(source)
    assert again(21) == 42
    assert not is_from_cache(again)
    assert is_from_cache(loaded(source))


@pytest.mark.parametrize("name", ["numba.__version__", "llvmlite.__version__"])
def test_versions_are_in_the_key(source: Path, name: str, monkeypatch: pytest.MonkeyPatch):
    loaded(source)
    monkeypatch.setattr(name, "0.0")
    assert not is_from_cache(loaded(source))


def test_compiles_without_a_cache_where_nothing_is_writable(
    source: Path, monkeypatch: pytest.MonkeyPatch
):
    forbid_writing(monkeypatch)
    assert loaded(source)(21) == 42
    assert not list(source.parent.glob("__pycache__/*.nb*"))


def test_compiles_where_numba_refuses_to_cache(source: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(numba.config, "CACHE_LOCATOR_CLASSES", "Nothing")
    assert loaded(source)(21) == 42
    assert not list(source.parent.glob("__pycache__/*.nb*"))


def forbid_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a read-only folder says, also to root."""

    def refuse(*_: object, **__: object):
        raise PermissionError("Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    monkeypatch.setattr(Path, "write_bytes", refuse)


def test_a_folder_that_may_only_be_read_is_read(source: Path, monkeypatch: pytest.MonkeyPatch):
    loaded(source)
    forbid_writing(monkeypatch)
    again = loaded(source)
    assert again(21) == 42
    assert is_from_cache(again)


def test_a_second_folder_holds_what_the_first_may_not(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from models.kernel import jit

    shut = tmp_path / "file"
    shut.write_text("in the way of a folder")
    monkeypatch.setattr(jit, "_folders", lambda _: [shut / "cache", tmp_path / "user"])
    assert not is_from_cache(loaded(source))
    assert len(list(tmp_path.glob("user/*"))) == 1
    assert is_from_cache(loaded(source))


def test_folders_are_those_of_numba(source: Path, monkeypatch: pytest.MonkeyPatch):
    from models.kernel import jit

    assert jit._folders(source)[0] == source.parent / "__pycache__"
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(source.parent / "elsewhere"))
    own, beside, _ = jit._folders(source)
    assert own.parent == source.parent / "elsewhere"
    assert beside == source.parent / "__pycache__"


def test_loading_pays_sooner_where_this_very_process_finds_its_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from models.kernel import jit, machine

    monkeypatch.delitem(sys.modules, "models.kernel.engine", raising=False)
    monkeypatch.setattr(jit, "_folders", lambda _: [tmp_path / "none", tmp_path])
    seconds = [0.5, 2.0, 10.0]
    (
        tmp_path / f"engine.run-{sys.implementation.cache_tag}-0123456789abcdef.nbc"
    ).touch()  # another key
    assert [machine.is_worth_loading(each) for each in seconds] == [False, False, True]
    jit.cache_files(Path(machine.__file__).with_name("engine.py"), "run")[1].touch()
    assert [machine.is_worth_loading(each) for each in seconds] == [False, True, True]


def test_the_loop_lies_where_it_is_looked_for():
    from models.kernel import engine, jit

    files = jit.cache_files(Path(engine.__file__), "run")
    assert engine.run._cache._cache_file._paths == files
    assert any(file.exists() for file in files)


WITHOUT_NUMBA = """
import sys
import numpy as np
from models.kernel import Scorer, binding

scorer = Scorer.from_file(sys.argv[1], kernel_from_rows=0)
assert (scorer.route, scorer.prepare()) == ("lightgbm", "lightgbm"), scorer.route
scorer.raw_score(np.zeros((3, 9), np.float32))
"""


def test_lightgbm_scores_where_numba_may_not_compile(tmp_path: Path):
    save(tmp_path / "model.txt", model_text(Shape(31, 9, (31, 4), 0.3, 100)))
    settings = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    command = [sys.executable, "-c", WITHOUT_NUMBA, str(tmp_path / "model.txt")]
    found = subprocess.run(
        command, env=settings, capture_output=True, text=True, check=False, timeout=120
    )
    assert found.returncode == 0, found.stderr


def test_compiles_where_the_cache_cannot_be_saved(source: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object):
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    assert loaded(source)(21) == 42
    assert not list(source.parent.glob("__pycache__/*.nb*"))


def test_processes_that_start_at_once(source: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(source.parent)  # as it is for them
    code = "import sys, tiny; sys.exit(tiny.twice(21) != 42)"
    settings = {**os.environ, "PYTHONPATH": f"{source.parent}{os.pathsep}{Path.cwd()}"}
    started = [subprocess.Popen([sys.executable, "-c", code], env=settings) for _ in range(3)]
    assert [process.wait(timeout=120) for process in started] == [0, 0, 0]
    assert len(list(source.parent.glob("__pycache__/*.nb*"))) == 1
    assert is_from_cache(loaded(source))


SCORE = """
import sys
import numpy as np
from models.kernel import Scorer
from models.kernel.plan import WIDE_BITS

folder = sys.argv[1]
scorer = Scorer.from_file(folder + "/model.txt", kernel_from_rows=0)
for dtype in ("float32", "float64"):
    np.save(f"{folder}/{dtype}-scores.npy", scorer.raw_score(np.load(f"{folder}/{dtype}.npy")))
sys.exit(WIDE_BITS)
"""


def test_a_plain_processor_beside_this_one(tmp_path: Path):
    """The whole kernel without AVX-512; its code is kept apart from this processor's."""
    from models.kernel import engine, jit

    shape = Shape(31, 9, (31, 1, 64, 200, 5), 0.3, 100)
    text = model_text(shape)
    save(tmp_path / "model.txt", text)
    for kind in ("float32", "float64"):
        np.save(tmp_path / f"{kind}.npy", matrix_for(shape, 700, np.dtype(kind).type))
    settings = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path), "NUMBA_CPU_NAME": "generic"}
    command = [sys.executable, "-c", SCORE, str(tmp_path)]
    assert subprocess.run(command, env=settings, check=False, timeout=300).returncode == 0
    for kind in ("float32", "float64"):
        with np.errstate(all="ignore"):
            expected = oracle(text, np.load(tmp_path / f"{kind}.npy"))
        assert same_bits(np.load(tmp_path / f"{kind}-scores.npy"), expected)
    (file,) = tmp_path.glob("*/engine.*.nbc")
    assert jit._key(Path(engine.__file__).parent) not in file.name
