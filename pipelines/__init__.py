"""Everything that touches the world: files, the store, the clock, the command line."""
