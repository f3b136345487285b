"""Records of one kind to rows of its table: one file per kind."""
