"""The runs: ordered stages wired together, each with an entry in the ledger; no Prefect here."""
