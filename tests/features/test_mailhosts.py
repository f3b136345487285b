"""One list per kind, and what is on several lists has one meaning."""

from features.mailhosts import DISPOSABLE_DOMAINS, FREE_MAIL_DOMAINS, ROLE_LOCAL_PARTS
from pipelines.settings.policy import load_policy


def test_throw_away_is_never_free_mail():
    # Public free-mail lists carry these, and a whole demonstration CRM lives on them.
    for domain in ("cuvox.de", "armyspy.com", "dayrep.com", "rhyta.com", "mailinator.com"):
        assert domain in DISPOSABLE_DOMAINS
    assert not set(FREE_MAIL_DOMAINS) & set(DISPOSABLE_DOMAINS)


def test_the_lists_are_clean_and_the_policy_uses_them():
    for names in (DISPOSABLE_DOMAINS, FREE_MAIL_DOMAINS, ROLE_LOCAL_PARTS):
        assert len(names) == len(set(names))
        assert all(name == name.strip().lower() for name in names)
    addresses = load_policy().addresses
    assert addresses.role_names == ROLE_LOCAL_PARTS
    assert addresses.disposable_domains == DISPOSABLE_DOMAINS
    assert load_policy({"addresses": {"role_names": ["info"]}}).addresses.role_names == ("info",)


def test_a_host_with_many_countries_is_known_in_each():
    for domain in ("yahoo.co.id", "hotmail.gr", "outlook.com.br", "gmx.net", "googlemail.com"):
        assert domain in FREE_MAIL_DOMAINS
