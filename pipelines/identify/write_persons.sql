-- purpose: name one lead of each person that stands for it: usable, reachable, most recent
-- grain: one row per person
-- reads: written_link, lead    writes: person
INSERT INTO person BY NAME
SELECT
    written_link.person_key,
    -- highest rank wins; the last field makes the smallest lead_key win a tie
    arg_max(lead.lead_key, {
        'usable': NOT coalesce(lead.is_deleted, false) AND lead.merged_into_id IS NULL,
        'reachable': (lead.email_key IS NOT NULL)::INTEGER
            + (coalesce(lead.phone_e164, lead.mobile_e164) IS NOT NULL)::INTEGER,
        'recent': coalesce(lead.created_at, TIMESTAMP '1900-01-01'),
        'first': -lead.lead_key
    }) AS representative_lead_key,
    count(*)::INTEGER AS lead_count
FROM written_link
JOIN lead USING (lead_key)
WHERE written_link.person_key IN (
    SELECT person_key FROM written_link WHERE match_rule <> 'self'
)
GROUP BY written_link.person_key
