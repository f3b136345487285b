"""What a preset is: the headers and words a CRM writes, as data."""

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
    also : tuple of str
        Further labels: of newer versions, of other languages.
    scale : float
        What a number of the column is multiplied with to be in the unit of the field.
    """

    api: str
    label: str | None = None
    canonical: str | None = None
    is_leak: bool = False
    also: tuple[str, ...] = ()
    scale: float = 1.0

    @property
    def labels(self) -> tuple[str, ...]:
        """All headers but the API's."""
        return ((self.label,) if self.label else ()) + self.also


@dataclass(frozen=True)
class Words:
    """What the values of one column of a CRM tell about the outcome.

    Parameters
    ----------
    api : str
        The column.
    meanings : tuple of (str, tuple of str)
        Milestone, or ``open`` for a value that tells of none, to the values that mean it.
    dates : tuple of (str, str)
        Milestone to the canonical field that says when; nobody says when of the others.
    is_whole : bool
        False: the column holds much else, and what is not listed tells nothing.
    """

    api: str
    meanings: tuple[tuple[str, tuple[str, ...]], ...]
    dates: tuple[tuple[str, str], ...] = ()
    is_whole: bool = True


@dataclass(frozen=True)
class Preset:
    """The columns of one kind of export of one CRM, preferred column first per field.

    Parameters
    ----------
    day_fields : tuple of str
        Timestamps of which the CRM gives only the day.
    milestone : str
        What a converted row of this CRM is called in `outcome`.
    words : tuple of Words
        Columns whose values tell of milestones.
    signature : tuple of str
        Headers that hardly anybody else writes: one of them says which CRM it is.
    vendor : str or None
        Pattern of headers that only this CRM writes, whatever follows; as `headers.plain`.
    leaks : str or None
        Pattern of headers that tell the outcome or count up to the export; as `headers.plain`.
    codes : tuple of (str, tuple of (str, str))
        Field to the codes that the CRM writes in it, and what each stands for.
    false_is_blank : bool
        The CRM writes ``False`` for an empty field of any type.
    """

    name: str
    kind: str
    columns: tuple[Known, ...]
    constants: tuple[tuple[str, str], ...] = ()
    day_fields: tuple[str, ...] = ()
    milestone: str = "converted"
    words: tuple[Words, ...] = ()
    signature: tuple[str, ...] = ()
    vendor: str | None = None
    leaks: str | None = None
    codes: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    false_is_blank: bool = False


def plain(*names: str) -> tuple[Known, ...]:
    """Declare columns the CRM writes that fill no canonical field."""
    return tuple(Known(name) for name in names)


def leaks(*names: str) -> tuple[Known, ...]:
    """Declare columns that tell the outcome or count up to the export."""
    return tuple(Known(name, is_leak=True) for name in names)
