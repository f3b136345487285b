"""Slow twins of leads whose fields change: every version is kept, and asked one at a time."""

from itertools import pairwise

from features.mailhosts import SHARED_DOMAINS
from features.registry import LATE_COLUMNS


def then(versions, as_of):
    """Fields of a lead at `as_of`; `versions` are (known_from, fields), the earliest first."""
    known = [fields for known_from, fields in versions if known_from <= as_of]
    fields = known[-1] if known else versions[0][1]
    return {k: None if k in LATE_COLUMNS and not known else v for k, v in fields.items()}


def company_lead_count(leads, key, as_of):
    """Leads made before `as_of` that then had the domain that this one then had."""
    own = then(leads[key], as_of)["email_domain"]
    if own is None or own in SHARED_DOMAINS:
        return None
    count = 0
    for versions in leads.values():
        created_at = versions[-1][1]["created_at"]
        if created_at is not None and created_at < as_of:
            count += then(versions, as_of)["email_domain"] == own
    return count


def former_rows(lead_key, versions):
    """What a store keeps of the versions but the last: the former values of what changed."""
    for (known_from, old), (known_until, new) in pairwise(versions):
        changed = [name for name in old if old[name] != new[name]]
        yield {
            "lead_key": lead_key,
            "known_from": known_from,
            "known_until": known_until,
            "changed": ",".join(changed),
            **{name: old[name] for name in changed},
        }
