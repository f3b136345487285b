-- purpose: let what binds any lead of a person bind the person
-- grain:   one row per person that anything is recorded against
-- reads:   eligible_lead_fact, dedupe_link    writes: temporary table eligible_person_fact
CREATE OR REPLACE TEMP TABLE eligible_person_fact AS
SELECT
    dedupe_link.person_key,
    bit_or(in_set(fact.channels, 1, fact.bits)) AS email,
    bit_or(in_set(fact.channels, 2, fact.bits)) AS phone,
    bit_or(in_set(fact.channels, 4, fact.bits)) AS ai_voice,
    bit_or(in_set(fact.channels, 8, fact.bits)) AS sms,
    bit_or(in_set(fact.channels, 16, fact.bits)) AS mail,
    bit_or(fact.registries) AS registries
FROM eligible_lead_fact AS fact
JOIN dedupe_link USING (lead_key)
GROUP BY dedupe_link.person_key
