"""Runs one command of the command line as a user would, and ends it when we are ended."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pipelines.errors import BadInputError, LeadTriageError, LockedError, RefusedError
from pipelines.runs.bench.meter import Meter
from pipelines.settings.home import HOME_VARIABLE, Home

_GRACE_S: Final = 15.0
_LOOK_UP_EVERY_S: Final = 0.2
_LAST_LINES: Final = 6


class StageFailedError(LeadTriageError):
    """A command ended in a way that is our fault (exit 70)."""

    exit_code = 70


@dataclass(frozen=True)
class Finished:
    """One command that has run; times are seconds since 1970.

    ``output`` is its JSON, None where it printed none.
    """

    code: int
    started: float
    ended: float
    output: Any
    last_lines: list[str]

    @property
    def seconds(self) -> float:
        """Wall time of the process."""
        return self.ended - self.started


def run_command(
    arguments: list[str], *, home: Home, logs: Path, meter: Meter, module: str = "pipelines.cli"
) -> Finished:
    """Run ``lead-triage ARGUMENTS`` in a process group of its own, measured, to its end.

    The group is ended when we are interrupted or killed: nothing that was started goes on alone.

    Parameters
    ----------
    logs : Path
        Folder for what the command prints.
    module : str
        Run instead of the command line.
    """
    logs.mkdir(parents=True, exist_ok=True)
    printed, said = logs / "stdout", logs / "stderr"
    environment = {**os.environ, HOME_VARIABLE: str(home.root)}
    with printed.open("wb") as stdout, said.open("wb") as stderr:
        started = time.time()
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-m", module, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            env=environment,
            start_new_session=True,
        )
        try:
            with _guarded(process.pid):
                meter.follow(process.pid)
                ended = _wait(process)
        except BaseException:
            _end(process)
            raise
        finally:
            meter.follow(None)
    return Finished(process.returncode, started, ended, _parsed(printed), _last(said))


@contextmanager
def _guarded(group: int) -> Iterator[None]:
    """End the process group should we be killed meanwhile: a shell then finds its input closed."""
    shell = subprocess.Popen(  # noqa: S603
        ["/bin/sh", "-c", 'read -r _ || kill -s KILL -- "-$0"', str(group)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        shell.communicate(b"\n")


def _wait(process: "subprocess.Popen[bytes]") -> float:
    """Wait for the end of a process, and return when it was.

    Polars lets system calls go on after a Ctrl-C, so a plain wait would not notice one: another
    thread waits, and this one looks up now and then.
    """
    ends: list[float] = []

    def wait() -> None:
        process.wait()
        ends.append(time.time())

    waiting = threading.Thread(target=wait, name="wait", daemon=True)
    waiting.start()
    while waiting.is_alive():
        waiting.join(_LOOK_UP_EVERY_S)
    return ends[0]


def failed(stage: str, done: Finished) -> LeadTriageError:
    """Word the failure of a command with the exit code of its kind."""
    kind = {65: BadInputError, 75: LockedError, 78: RefusedError}.get(done.code, StageFailedError)
    how = f"exit code {done.code}" if done.code >= 0 else f"signal {-done.code}"
    said = done.last_lines[-1] if done.last_lines else "it said nothing"
    return kind(f"the stage {stage!r} failed ({how}): {said}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ask the process and its children to stop, then make whoever is left."""
    try:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_S)
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _parsed(path: Path) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return None


def _last(path: Path) -> list[str]:
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - 4096))
        text = stream.read().decode("utf-8", errors="replace")
    return [line for line in text.splitlines() if line.strip()][-_LAST_LINES:]
