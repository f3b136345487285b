"""What somebody types after `suppress add`, `forget` or `dsar`: address, number, hash or domain."""

import pytest

from pipelines.outreach.suppressions import kind_of
from pipelines.settings.contact_keys import suppression_keys

NUMBER = "phone:+13125551063"
TYPED = [
    ("https://wa.me/13125551063", "phone", NUMBER),
    ("13125551063@c.us", "phone", NUMBER),
    ("tel:+1-312-555-1063;ext=5", "phone", NUMBER),
    ("sip:+13125551063@voice.example", "phone", NUMBER),
    ("44 (0)20 7946 0018", "phone", "phone:+442079460018"),
    ("+1 312 555 1063 ext. 5", "phone", NUMBER),
    ("mailto:ann@x.example", "email", "email:ann@x.example"),
    ("03012345@x.example", "email", "email:03012345@x.example"),
    ("*@x.example", "domain", "domain:x.example"),
    ("1800flowers.example", "domain", "domain:1800flowers.example"),
    ("https://shop.example/12345678", "domain", "domain:shop.example"),
    ("example.org/1234567", "domain", "domain:example.org"),
    ("wa.me", "domain", "domain:wa.me"),
]


@pytest.mark.parametrize(("typed", "kind", "key"), TYPED)
def test_a_point_is_what_it_says(typed, kind, key):
    assert kind_of(typed) == kind
    assert key in suppression_keys(kind, typed)
