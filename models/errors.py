"""What can go wrong while a model is trained, saved, loaded or used."""


class ModelError(ValueError):
    """Base of the errors of this package: found, expected, fix; one clause each.

    Parameters
    ----------
    found, expected, fix : str
        They name features, counts and positions, never the values of a lead.
    """

    def __init__(self, found: str, expected: str = "", fix: str = "") -> None:
        self.found = found
        self.expected = expected
        self.fix = fix
        parts = [found]
        if expected:
            parts.append(f"expected {expected}")
        if fix:
            parts.append(f"to fix: {fix}")
        super().__init__("; ".join(parts))


class ModelRefusedError(ModelError):
    """A saved model, or a matrix meant for it, is not exactly what the manifest says."""


class TrainingRefusedError(ModelError):
    """The training data cannot give a model: too few rows, or one class only."""
