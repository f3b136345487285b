"""Break each rule once, in the SQL or the inputs: the comparison with the oracle must turn red."""

import pytest

from pipelines.store import sql
from tests.pipelines.eligible.comparison import Case, agrees

# file, text as it is, text as a careless change would make it
BREAKS = [
    ("lead_fact.sql", "WHERE status = 'opt_out' AND lead_key", "WHERE false AND lead_key"),
    ("lead_fact.sql", "WHERE status = 'objected_profiling'", "WHERE status = 'objected'"),
    ("lead_fact.sql", "IN ('opted_out', 'complaint')", "IN ('opted_out')"),
    ("lead_fact.sql", "lead_key, 14, r_invalid", "lead_key, 2, r_invalid"),
    ("lead_fact.sql", "WHERE disposition = 'wrong_number'", "WHERE disposition = 'wrong'"),
    (
        "lead_fact.sql",
        "disposition = 'left_company' AND \"at\" < $as_of",
        "false AND $as_of IS NULL",
    ),
    ("lead_fact.sql", "channel IN ('sms', 'mail')", "channel IN ('sms')"),
    ("lead_fact.sql", "lower(trim(result))", "result"),
    ("lead_fact.sql", "IN ('converted', 'won')", "IN ('converted')"),
    ("lead_fact.sql", "(occurred_at < $as_of OR occurred_at IS NULL)", "$as_of IS NOT NULL"),
    ("lead_fact.sql", "(occurred_at < $as_of OR occurred_at IS NULL)", "occurred_at < $as_of"),
    ("lead_fact.sql", "('opportunity', 'lost', 'disqualified')", "('opportunity', 'lost')"),
    ("lead_fact.sql", "    > coalesce(max(", "    >= coalesce(max("),
    ("key_fact.sql", "WHERE status = 'opt_out' AND", "WHERE false AND"),
    ("key_fact.sql", "WHERE status = 'objected_profiling' AND", "WHERE false AND"),
    ("key_fact.sql", "folded_key(contact_key) AS point", "contact_key AS point"),
    ("key_fact.sql", "fact.point = folded_email(lead.email_key)", "fact.point = lead.email_key"),
    ("key_fact.sql", "ON fact.point = lead.phone_e164", "ON false"),
    ("key_fact.sql", "ON fact.point = lead.mobile_e164", "ON false"),
    ("key_fact.sql", "folded_key(registry.contact_key)", "registry.contact_key || 'x'"),
    ("key_fact.sql", "AND lower(domain) NOT IN (SELECT domain FROM free_domain_frame)", ""),
    ("key_fact.sql", "account.domain = lead.email_domain", "false"),
    ("key_fact.sql", "status = 'open_opportunity' THEN r_open", "false THEN r_open"),
    ("suppressed.sql", "(until IS NULL OR until > $as_of)", "$as_of IS NOT NULL"),
    ("suppressed.sql", "lower(key_hmac)", "key_hmac"),
    ("suppressed.sql", "'email:' || folded_email(email_key)", "'email:' || email_key"),
    ("suppressed.sql", "'phone:' || mobile_e164", "'phone:' || phone_e164"),
    ("suppressed.sql", "'phone:' || phone_e164", "'phone:' || mobile_e164"),
    ("suppressed_domain.sql", "greatest(length(labels) - 1, 1)", "1"),
    ("suppressed_domain.sql", "(until IS NULL OR until > $as_of)", "$as_of IS NOT NULL"),
    (
        "person_fact.sql",
        "JOIN dedupe_link USING (lead_key)",
        "JOIN dedupe_link ON person_key = fact.lead_key",
    ),
    ("objected_point.sql", "email & objection_bits() <> 0", "false"),
    ("objected_point.sql", "bit_if(phone & objection_bits() <> 0, 2)", "0"),
    ("objected_point.sql", "bit_if(sms & objection_bits() <> 0, 8)", "0"),
    ("objected_point.sql", "UNION ALL SELECT mobile_e164, channels & 14 FROM point", ""),
    ("bounced.sql", "email_bounced_at < $as_of", "email_bounced_at IS NOT NULL"),
    ("bounced.sql", 'contact_attempt."at" < $as_of', "$as_of IS NOT NULL"),
    ("bounced.sql", "SELECT folded_email(email_key) AS name", "SELECT email_key AS name"),
    ("lead_touch.sql", "WHERE direction = 'in') AS own_at", "WHERE direction = 'out') AS own_at"),
    (
        "lead_touch.sql",
        'WHERE "at" < $as_of AND lead_key IS NOT NULL\n    GROUP BY lead_key\n    UNION'
        " ALL\n    SELECT lead_key,\n           max(",
        "WHERE lead_key IS NOT NULL\n    GROUP BY lead_key\n"
        "    UNION ALL\n    SELECT lead_key,\n           max(",
    ),
    ("lead_touch.sql", "'meeting', 'form')) AS inquiry_at", "'meeting')) AS inquiry_at"),
    ("lead_touch.sql", "INTERVAL 365 DAY) AS approaches", "INTERVAL 36 DAY) AS approaches"),
    ("lead_touch.sql", "WHERE milestone = 'won'", "WHERE milestone = 'lost'"),
    ("family.sql", "coalesce(touch.own_at, lead.created_at)", "lead.created_at"),
    ("family.sql", "max(coalesce", "min(coalesce"),
    ("cell.sql", "to_months(consent_max_age_months)", "to_months(24)"),
    ("cell.sql", "to_months(purchase_months)", "to_months(inquiry_months)"),
    ("cell.sql", "to_months(exempt_inquiry_months)", "to_months(exempt_purchase_months)"),
    ("permit.sql", "captured_at < $as_of)", "$as_of IS NOT NULL)"),
    ("permit.sql", "effective_from <= $as_of", "effective_from < $as_of"),
    ("permit.sql", "effective_to <= $as_of", "effective_to < $as_of"),
    ("permit.sql", "HAVING count(*) = 1", "HAVING count(*) >= 1"),
    ("permit.sql", "AND cell.channel <> 'ai_voice'", ""),
    ("permit.sql", "NOT cell.is_express AND", ""),
    ("permit.sql", "coalesce(held.contact_key, own.email_key) = main.email_key", "true"),
    ("permit.sql", "WHERE is_same_point AND", "WHERE"),
    ("permit.sql", "captured_at < consent_since", "captured_at <= consent_since"),
    ("permit.sql", "is_confirmed = false", "false"),
    ("permit.sql", "is_proof_required AND NOT has_proof", "false"),
    ("permit.sql", "OR lawful_basis = recorded_basis", ""),
    ("permit.sql", "lower(lawful_basis)", "lawful_basis"),
    ("permit.sql", "min(flaws) = 0", "false"),
    ("permit.sql", "cell.is_mobile = is_mobile_point(", "is_mobile = NOT is_mobile_point("),
    ("macros.sql", "WHEN 'phone' THEN 14", "WHEN 'phone' THEN 2"),
    ("macros.sql", "WHEN 'mail' THEN 16 ELSE 31", "WHEN 'mail' THEN 16 ELSE 1"),
    ("macros.sql", "WHEN cell.is_forbidden THEN r_no_lawful_basis()", ""),
    ("macros.sql", "purchase_at >= cell.purchase_since OR", ""),
    ("macros.sql", "OR inquiry_at >= cell.inquiry_since", ""),
    ("macros.sql", "OR inquiry_at >= cell.exempt_inquiry_since", ""),
    ("macros.sql", "THEN cell.feed_bits | r_registry_hit()", "THEN cell.feed_bits"),
    ("macros.sql", "WHEN country IS NULL THEN r_country_unknown()", ""),
    ("macros.sql", "WHEN 'GB' THEN 'UK' WHEN 'UK' THEN NULL", "WHEN 'GB' THEN 'UK'"),
    ("macros.sql", "IN ('organisation', 'sole_trader')", "IN ('organisation')"),
    ("macros.sql", "coalesce(line_type = 'mobile', false) OR", "false OR"),
    ("macros.sql", "AS coalesce(phone, mobile);", "AS coalesce(mobile, phone);"),
    ("macros.sql", "CASE WHEN line_type = 'mobile' THEN phone END", "phone"),
    ("macros.sql", "AND own & objection_bits() = 0", ""),
    ("macros.sql", "r_art21_objection() | r_opted_out() | r_suppressed();", "r_opted_out();"),
    ("macros.sql", "WHEN as_given IS NOT NULL THEN r_invalid_contact_point()", ""),
    ("eligibility.sql", "$feed_bits::UINTEGER", "bit_if($feed_bits = 0, 0)"),
    ("eligibility.sql", "OR lead.merged_into_id IS NOT NULL", ""),
    ("eligibility.sql", "lead.is_dated IS NOT TRUE", "false"),
    ("eligibility.sql", "THEN coalesce(touch.own_at, lead.created_at)", "THEN lead.created_at"),
    (
        "eligibility.sql",
        "                    < $as_of::TIMESTAMP - to_months",
        " <= $as_of - to_months",
    ),
    ("eligibility.sql", "touch.approach_at >= $as_of", "touch.approach_at > $as_of"),
    ("eligibility.sql", "touch.approaches >= $attempts_cap", "touch.approaches > $attempts_cap"),
    (
        "eligibility.sql",
        "bit_if(lead.phone_valid = false, r_invalid_contact_point()) AS text",
        "0 AS text",
    ),
    (
        "eligibility.sql",
        "(is_blank(lead.city) AND is_blank(lead.postal_code))",
        "is_blank(lead.city)",
    ),
    ("eligibility.sql", "IN (SELECT domain FROM disposable_domain_frame)", "IN ('x')"),
    ("eligibility.sql", "IN (SELECT name FROM role_name_frame)", "IN ('x')"),
    ("eligibility.sql", "IN (SELECT name FROM eligible_bounced)", "IN ('x')"),
    ("eligibility.sql", "shared_bits(ai_voice_fact, call_objected, 4)", "0::UINTEGER"),
    ("eligibility.sql", "shared_bits(sms_fact, text_objected, 8)", "0::UINTEGER"),
    ("eligibility.sql", "mail_fact | mail_flaws", "mail_fact"),
    ("eligibility.sql", "person.representative_lead_key", "person.person_key"),
]


@pytest.mark.parametrize(("file", "rule", "broken"), BREAKS)
def test_a_broken_rule_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
    corpus: tuple[Case, ...],
    file: str,
    rule: str,
    broken: str,
) -> None:
    def broken_sql(package: str, name: str) -> str:
        text = sql(package, name)
        if name != file:
            return text
        assert rule in text, "the rule moved: break it where it is now"
        return text.replace(rule, broken)

    monkeypatch.setattr("pipelines.eligible.evaluation.sql", broken_sql)
    assert not agrees(corpus)
