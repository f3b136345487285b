"""Row-wise features in Polars, declared as data; no input or output happens here."""
