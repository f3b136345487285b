-- purpose: judge by the policy rows those of whom something is known that a row could count
-- grain:   one row per person with consent, a relationship or a register hit, and a policy region
-- reads:   eligible_permit, eligible_relationship, eligible_person_fact, eligible_cell_wide, person,
--          lead
-- writes:  temporary table eligible_policy
CREATE OR REPLACE TEMP TABLE eligible_policy AS
WITH known AS (
    SELECT person_key FROM eligible_permit
    UNION SELECT person_key FROM eligible_relationship
    UNION SELECT person_key FROM eligible_person_fact WHERE registries <> 0
),
-- materialised, so that the wide cell joins these few and not every lead
main AS MATERIALIZED (
    SELECT known.person_key, region_of(lead.country) AS region,
           party_class(lead.party_type) AS party,
           is_mobile_point(lead.phone_e164, lead.mobile_e164, lead.line_type) AS is_mobile
    FROM known
    JOIN person USING (person_key)
    JOIN lead ON lead.lead_key = person.representative_lead_key
)
SELECT main.person_key,
       policy_bits(cell.email, permit.email, hits, purchase_at, inquiry_at) AS email,
       policy_bits(cell.phone, permit.phone, hits, purchase_at, inquiry_at) AS phone,
       policy_bits(cell.ai_voice, permit.ai_voice, hits, purchase_at, inquiry_at) AS ai_voice,
       policy_bits(cell.sms, permit.sms, hits, purchase_at, inquiry_at) AS sms,
       policy_bits(cell.mail, permit.mail, hits, purchase_at, inquiry_at) AS mail
FROM main
LEFT JOIN eligible_permit AS permit USING (person_key)
LEFT JOIN eligible_relationship USING (person_key)
LEFT JOIN (
    SELECT person_key, registries AS hits FROM eligible_person_fact WHERE registries <> 0
) AS hit USING (person_key)
JOIN eligible_cell_wide AS cell USING (region, party, is_mobile)
