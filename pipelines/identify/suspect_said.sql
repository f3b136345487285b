-- purpose: say what tells the leads of one component apart
-- grain: one row per lead
-- reads: suspect_frame (registered), lead, identity_value    writes: temp table suspect_said
CREATE OR REPLACE TEMP TABLE suspect_said AS
SELECT
    suspect.group_key,
    lead.lead_key,
    lead.email_key,
    coalesce(said_generation('- ' || value.suffix),
        generation_of(first_name, last_name, full_name)) AS suffix,
    value.birth_date,
    value.person_number
FROM suspect_frame AS suspect
JOIN lead USING (lead_key)
LEFT JOIN identity_value AS value USING (lead_key)
