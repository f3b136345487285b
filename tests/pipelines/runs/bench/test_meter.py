import os
import subprocess
import sys
import time

import pytest

from pipelines.runs.bench.meter import Meter, bytes_under

MB = 1 << 20
HOLD = "import sys; held = bytearray({size}); {more}; print('ready', flush=True); sys.stdin.read()"
WITH_CHILD = (
    "import subprocess; child = subprocess.Popen([sys.executable, '-c', {code!r}],"
    " stdin=subprocess.PIPE, stdout=subprocess.PIPE); child.stdout.readline()"
)


def test_memory_is_that_of_the_whole_tree(tmp_path):
    inner = HOLD.format(size=120 * MB, more="pass")
    outer = HOLD.format(size=80 * MB, more=WITH_CHILD.format(code=inner))
    with (
        Meter({}) as meter,
        subprocess.Popen(
            [sys.executable, "-c", outer], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process,
    ):
        began = time.time()
        process.stdout.readline()
        meter.follow(process.pid)
        for _ in range(300):
            time.sleep(0.05)
            if meter.peak_memory(began, time.time()) > 200 * MB:
                break
        seen = meter.peak_memory(began, time.time())
        meter.follow(None)
        process.stdin.close()
    assert 200 * MB < seen < 600 * MB
    assert meter.peak_memory(began - 20, began - 10) == 0


def test_disk_is_what_lay_there_then(tmp_path):
    with Meter({"a": [tmp_path / "a"], "b": [tmp_path / "b", tmp_path / "c"]}) as meter:
        meter.look()
        first = time.time()
        (tmp_path / "a").mkdir()
        (tmp_path / "a" / "file").write_bytes(b"x" * 100_000)
        (tmp_path / "c").write_bytes(b"x" * 50_000)
        os.sync()
        meter.look()
        second = time.time()
        (tmp_path / "a" / "file").unlink()
        meter.look()
        (tmp_path / "b").write_bytes(b"x" * 30_000)
        meter.look(at=first - 1)
    assert meter.disk(first) == {"a": 0, "b": 0}
    assert meter.disk(first - 1)["b"] >= 80_000
    found = meter.disk(second)
    assert found["a"] >= 100_000
    assert found["b"] >= 50_000
    assert meter.disk(time.time())["a"] < 100_000
    assert meter.peak_disk(0, time.time()) == sum(found.values())
    assert meter.peak_disk(0, time.time(), ["a"]) == found["a"]


def test_links_are_not_followed_and_what_is_gone_is_nothing(tmp_path):
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "file").write_bytes(b"x" * 100_000)
    (tmp_path / "near").mkdir()
    (tmp_path / "near" / "link").symlink_to(tmp_path / "far")
    assert bytes_under(tmp_path / "near") < 50_000
    assert bytes_under(tmp_path / "nowhere") == 0


def test_a_process_that_is_gone_is_no_error():
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    with Meter({}) as meter:
        meter.follow(done.pid)
    assert meter.peak_memory(0, time.time()) == pytest.approx(0)
