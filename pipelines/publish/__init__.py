"""From decisions to something others may use: audit, snapshot, list."""
