"""Keep standard error readable when the process ends."""

import atexit
import os
import sys


def quiet_exit() -> None:
    """Silence standard error after every other exit handler; call before Prefect is imported.

    Prefect's threads keep DuckDB objects alive past the end of the interpreter, and the binding
    layer then prints some fifty lines about leaks that harm nobody. By then everything of ours has
    been said; handlers run in the reverse order of their registration, so this one runs last.
    """
    atexit.register(_close)


def _close() -> None:
    sys.stderr.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
