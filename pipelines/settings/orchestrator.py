"""Environment that Prefect reads at import: private, quiet, patient, and phoning nobody."""

import os
from pathlib import Path

_DEFAULTS = {
    # Two senders, two switches: the client's and the server's.
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # Results and printed lines would be copied into Prefect's database in clear.
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    "PREFECT_RESULTS_DEFAULT_SERIALIZER": "json",
    "PREFECT_LOGGING_LOG_PRINTS": "false",
    # The first start migrates a database: 20 s, the default, is about what a slow machine needs.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
}


def prepare_prefect(home: Path) -> None:
    """Set what is not set yet; call before Prefect is imported.

    Prefect's own files go to ``<home>/prefect`` unless ``PREFECT_HOME`` says otherwise.
    """
    folder = home / "prefect"
    if "PREFECT_HOME" not in os.environ:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.environ["PREFECT_HOME"] = str(folder)
    for name, value in _DEFAULTS.items():
        os.environ.setdefault(name, value)
