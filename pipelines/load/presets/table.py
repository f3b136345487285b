"""What a preset is: the headers a CRM writes, as data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Known:
    """One column of a CRM.

    Parameters
    ----------
    api : str
        Header in API and data-loader exports.
    label : str or None
        Header in report exports and the export button.
    canonical : str or None
        Canonical field it fills; None: the vendor's own column, kept as a custom column.
    is_leak : bool
        Known only after the outcome or counted at export time: stored, never a feature.
    """

    api: str
    label: str | None = None
    canonical: str | None = None
    is_leak: bool = False


@dataclass(frozen=True)
class Preset:
    """The columns of one kind of export of one CRM, preferred column first per field.

    Parameters
    ----------
    day_fields : tuple of str
        Timestamps of which the CRM gives only the day.
    milestone : str
        What a converted row of this CRM is called in `outcome`.
    """

    name: str
    kind: str
    columns: tuple[Known, ...]
    constants: tuple[tuple[str, str], ...] = ()
    day_fields: tuple[str, ...] = ()
    milestone: str = "converted"


def plain(*names: str) -> tuple[Known, ...]:
    """Declare columns the CRM writes that fill no canonical field."""
    return tuple(Known(name) for name in names)


def leaks(*names: str) -> tuple[Known, ...]:
    """Declare columns that tell the outcome or count up to the export."""
    return tuple(Known(name, is_leak=True) for name in names)
