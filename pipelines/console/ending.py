"""How a command ends: one clear line and an exit code; no traceback ever reaches a user."""

import os
import signal
import sys
import traceback
import zlib
from collections.abc import Sequence
from pathlib import Path

from cyclopts import App, CycloptsError

from models.errors import ModelError
from pipelines.errors import LeadTriageError, RefusedError


def run_app(app: App, arguments: Sequence[str] | None) -> int:
    """Run the command line and return its exit code."""
    signal.signal(signal.SIGTERM, _stop)
    # A closed terminal ends a command as Ctrl-C does; under nohup it is to go on.
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:
        signal.signal(signal.SIGHUP, _stop)
    os.umask(0o077)
    try:
        app(arguments, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        return _complain(str(error), 2)
    except LeadTriageError as error:
        return _complain(str(error), error.exit_code)
    except ModelError as error:  # found at first use: its canary rows score differently
        return _complain(str(error), RefusedError.exit_code)
    except KeyboardInterrupt:
        return _complain("stopped; what was published before stays as it was", 130)
    except (EOFError, zlib.error):
        return _complain("a compressed file is cut off or damaged; to fix: export it again", 65)
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:
        place = f" {error.filename}" if error.filename else " a file"
        reason = error.strerror or "it is cut off or damaged"
        return _complain(f"cannot use{place} ({reason}); to fix: check it and its folder", 65)
    except Exception as error:  # noqa: BLE001 - the text may quote a lead; the place may not
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(frame.filename).name}:{frame.lineno}"
        return _complain(f"unexpected {type(error).__name__} at {place}; please report it", 70)
    return 0


def _stop(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _complain(text: str, code: int) -> int:
    sys.stderr.write(f"lead-triage: {text}\n")
    return code
