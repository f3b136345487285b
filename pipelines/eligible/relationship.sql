-- purpose: find inquiries and purchases so recent that some policy row counts them
-- grain:   one row per person with any
-- reads:   activity, contact_attempt, outcome, dedupe_link, eligible_cell
-- writes:  temporary table eligible_relationship
-- params:  as_of
CREATE OR REPLACE TEMP TABLE eligible_relationship AS
WITH oldest AS (
    SELECT min(least(inquiry_since, exempt_inquiry_since)) AS inquiry_since,
           min(least(purchase_since, exempt_purchase_since)) AS purchase_since
    FROM eligible_cell
),
tie AS (
    SELECT lead_key, "at" AS inquiry_at, NULL::TIMESTAMP AS purchase_at
    FROM activity
    WHERE direction = 'in' AND channel IN ('call', 'email', 'sms', 'meeting', 'form')
        AND "at" < $as_of AND "at" >= (SELECT inquiry_since FROM oldest)
    UNION ALL
    SELECT lead_key, "at", NULL
    FROM contact_attempt
    WHERE disposition IN ('replied', 'meeting')
        AND "at" < $as_of AND "at" >= (SELECT inquiry_since FROM oldest)
    UNION ALL
    SELECT lead_key, NULL, occurred_at
    FROM outcome
    WHERE milestone = 'won'
        AND occurred_at < $as_of AND occurred_at >= (SELECT purchase_since FROM oldest)
)
SELECT dedupe_link.person_key,
       max(tie.inquiry_at) AS inquiry_at, max(tie.purchase_at) AS purchase_at
FROM tie
JOIN dedupe_link USING (lead_key)
GROUP BY dedupe_link.person_key
