-- purpose: say of every lead since when and until when it has counted for a company domain
-- grain: one row per lead, and one more per domain that it had before
-- reads: lead, lead_snapshot
-- writes: company_stay (temporary view)
-- parameters: none
-- A changed address counts from the moment of its load on, also when that is the moment asked for;
-- an event only when it lies before. A microsecond makes the former the latter. created_at is
-- today's: CRMs set it once.
CREATE OR REPLACE TEMP VIEW company_stay AS
WITH left_domain AS (
    SELECT lead_key, email_domain, known_until - INTERVAL 1 MICROSECOND AS left_at
    FROM lead_snapshot
    WHERE list_contains(string_split(changed, ','), 'email_domain')
),
former AS (
    SELECT lead_key, email_domain, lag(left_at) OVER in_order AS came_at, left_at
    FROM left_domain
    WINDOW in_order AS (PARTITION BY lead_key ORDER BY left_at)
)
SELECT
    former.lead_key,
    former.email_domain,
    CASE WHEN lead.created_at IS NOT NULL
        THEN greatest(former.came_at, lead.created_at::TIMESTAMP) END AS entered_at,
    former.left_at
FROM former
JOIN lead ON lead.lead_key = former.lead_key
UNION ALL
SELECT
    lead.lead_key,
    lead.email_domain,
    CASE WHEN lead.created_at IS NOT NULL
        THEN greatest(latest.came_at, lead.created_at::TIMESTAMP) END AS entered_at,
    NULL AS left_at
FROM lead
LEFT JOIN (
    SELECT lead_key, max(left_at) AS came_at
    FROM left_domain
    GROUP BY lead_key
) AS latest ON latest.lead_key = lead.lead_key
