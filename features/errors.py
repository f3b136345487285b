"""What can go wrong while features are declared, fitted or built."""


class FeatureError(ValueError):
    """A feature cannot be declared, chosen or built.

    Parameters
    ----------
    found, expected, fix : str
        One clause each. They name columns, features and types, never cell values.
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


class FeatureInputError(FeatureError):
    """The input frame lacks columns that the features read, or has them in another type."""


class FeatureRefusedError(FeatureError):
    """A feature was asked for where its value would be known too late (leakage)."""


class FeatureMismatchError(FeatureError):
    """A saved feature set is not what this code would compute."""
