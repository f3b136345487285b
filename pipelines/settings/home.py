"""The home directory: where everything lives, readable by its owner only."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import RefusedError, UsageError

HOME_VARIABLE = "LEAD_TRIAGE_HOME"
DEFAULT_HOME = Path("lead-triage-home")
_FOLDERS = (
    "inbox",
    "store/batches",
    "store/snapshots",
    "store/staging",
    "store/spill",
    "secrets",
    "models",
    "outbox",
)


@dataclass(frozen=True)
class Home:
    """Paths of one home directory; nothing is created before :meth:`ensure`."""

    root: Path

    @classmethod
    def locate(cls, root: Path | None = None, default: Path = DEFAULT_HOME) -> "Home":
        """Return the home `root`, else ``$LEAD_TRIAGE_HOME``, else `default` in this folder."""
        chosen = root or Path(os.environ.get(HOME_VARIABLE) or default)
        return cls(chosen.expanduser().absolute())

    @property
    def settings_file(self) -> Path:
        """Settings in TOML; absent means every default."""
        return self.root / "lead-triage.toml"

    @property
    def inbox(self) -> Path:
        """Exports dropped here are loaded by the next nightly."""
        return self.root / "inbox"

    @property
    def batches(self) -> Path:
        """Landed batches, immutable."""
        return self.root / "store/batches"

    @property
    def snapshots(self) -> Path:
        """Published store files, immutable."""
        return self.root / "store/snapshots"

    @property
    def staging(self) -> Path:
        """What is being built; deleted, never repaired."""
        return self.root / "store/staging"

    @property
    def spill(self) -> Path:
        """DuckDB's temporary files."""
        return self.root / "store/spill"

    @property
    def current(self) -> Path:
        """Symlink to the newest snapshot."""
        return self.root / "store/leads.duckdb"

    @property
    def ledger(self) -> Path:
        """Live operational state."""
        return self.root / "store/ledger.sqlite"

    @property
    def lock(self) -> Path:
        """Lock file of the one writer."""
        return self.root / "store/writer.lock"

    @property
    def claim_lock(self) -> Path:
        """Lock file by which claimers take turns."""
        return self.root / "store/claims.lock"

    @property
    def models(self) -> Path:
        """Model folders by id."""
        return self.root / "models"

    @property
    def outbox(self) -> Path:
        """Lists, one folder per run."""
        return self.root / "outbox"

    @property
    def audit(self) -> Path:
        """Audit log, a file per month."""
        return self.root / "audit"

    @property
    def key_file(self) -> Path:
        """Secret of the keyed hashes of contact points."""
        return self.root / "secrets/hmac.key"

    def exists(self) -> bool:
        """Tell whether the home has been set up."""
        return self.key_file.is_file()

    def ensure(self) -> "Home":
        """Create what is missing: folders 0700, the secret 0600.

        Raises
        ------
        UsageError
            The path is taken by a file, or cannot be written.
        """
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in _FOLDERS:
                path = self.root / folder
                path.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self.root / "store").chmod(0o700)
            if not self.key_file.exists():
                self._need_no_secret_yet()
                self._create_secret()
        except OSError as error:
            raise UsageError(
                f"the home directory {self.root} cannot be used ({error.strerror})",
                expected="a directory this user may write",
                fix=f"set {HOME_VARIABLE} to another path",
            ) from None
        return self

    def secret(self) -> bytes:
        """Return the secret of the keyed hashes, 32 bytes."""
        return bytes.fromhex(self.key_file.read_text(encoding="ascii").strip())

    def _need_no_secret_yet(self) -> None:
        if self.ledger.exists() or self.current.is_symlink():
            raise RefusedError(
                "secrets/hmac.key of this home is gone",
                expected="the key that its suppressions were hashed with",
                fix="restore it from a backup: with another key no opt-out would be found",
            )

    def _create_secret(self) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(self.key_file, flags, 0o600), "w", encoding="ascii") as stream:
            stream.write(secrets.token_hex(32) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
