-- purpose: find persons whose data are due for a retention review, who may not be trained on
-- grain: one row per person without own contact for so long, in a country where that counts
-- reads: lead, dedupe_link, activity, contact_attempt
-- writes: training_lapsed (temporary)
-- parameters: $as_of; $retention_months, $retention_countries: the policy's retention rule
-- note: own contact as the eligibility stage counts it: the last inbound touch, else created_at
CREATE OR REPLACE TEMP TABLE training_lapsed AS
WITH touch AS (
    SELECT lead_key, max("at") AS own_at
    FROM (
        SELECT lead_key, "at" FROM activity
        WHERE direction = 'in' AND "at" < $as_of::TIMESTAMP
        UNION ALL
        SELECT lead_key, "at" FROM contact_attempt
        WHERE disposition IN ('replied', 'meeting') AND "at" < $as_of::TIMESTAMP
    )
    WHERE lead_key IS NOT NULL
    GROUP BY lead_key
)
SELECT coalesce(dedupe_link.person_key, lead.lead_key) AS person_key
FROM lead
LEFT JOIN dedupe_link ON dedupe_link.lead_key = lead.lead_key
LEFT JOIN touch ON touch.lead_key = lead.lead_key
GROUP BY 1
HAVING bool_or(lead.country IN (SELECT unnest($retention_countries::VARCHAR[])))
    AND coalesce(max(coalesce(touch.own_at, lead.created_at)), '-infinity')
        < $as_of::TIMESTAMP - to_months($retention_months)
