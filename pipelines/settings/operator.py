"""Who works on this machine: the name that decisions and the audit log carry."""

import getpass
import os


def operator() -> str:
    """Return the user of the operating system, `uid N` where the account has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in many containers
        return f"uid {os.getuid()}"
