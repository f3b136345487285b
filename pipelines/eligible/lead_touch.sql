-- purpose: sum up per lead who approached whom, and when
-- grain:   one row per lead that was ever touched before as_of
-- reads:   activity, contact_attempt, outcome    writes: temporary table eligible_lead_touch
-- params:  as_of
CREATE OR REPLACE TEMP TABLE eligible_lead_touch AS
SELECT lead_key, max(own_at) AS own_at, max(inquiry_at) AS inquiry_at,
       max(purchase_at) AS purchase_at, max(approach_at) AS approach_at,
       sum(approaches) AS approaches
FROM (
    SELECT lead_key,
           max("at") FILTER (WHERE direction = 'in') AS own_at,
           max("at") FILTER (WHERE direction = 'in'
               AND channel IN ('call', 'email', 'sms', 'meeting', 'form')) AS inquiry_at,
           NULL::TIMESTAMP AS purchase_at,
           max("at") FILTER (WHERE direction = 'out'
               AND channel IN ('call', 'email', 'sms', 'meeting')) AS approach_at,
           count(*) FILTER (WHERE direction = 'out'
               AND channel IN ('call', 'email', 'sms', 'meeting')
               AND "at" >= $as_of::TIMESTAMP - INTERVAL 365 DAY) AS approaches
    FROM activity
    WHERE "at" < $as_of AND lead_key IS NOT NULL
    GROUP BY lead_key
    UNION ALL
    SELECT lead_key,
           max("at") FILTER (WHERE disposition IN ('replied', 'meeting')),
           max("at") FILTER (WHERE disposition IN ('replied', 'meeting')),
           NULL, max("at"),
           count(*) FILTER (WHERE "at" >= $as_of::TIMESTAMP - INTERVAL 365 DAY)
    FROM contact_attempt
    WHERE "at" < $as_of AND lead_key IS NOT NULL
    GROUP BY lead_key
    UNION ALL
    SELECT lead_key, NULL, NULL, max(occurred_at), NULL, 0
    FROM outcome
    WHERE milestone = 'won' AND occurred_at < $as_of AND lead_key IS NOT NULL
    GROUP BY lead_key
) AS by_source
GROUP BY lead_key
