-- purpose: when what a listed lead stands on ends, if that may be after the night was decided
-- grain: one row per listed lead with such an end
-- reads: listed_frame (lead_key, channel, needs_ground, consent_months, inquiry_months,
--   exempt_inquiry_months, purchase_months, exempt_purchase_months, retention_months), kin, lead,
--   lead_snapshot, consent_event, activity, contact_attempt, outcome    writes: nothing
-- parameters: $as_of
-- Whichever ground it was, it is among these; the first that ends counts. Months are counted back
-- from a moment by the policy, so one of a month's last day may hold up to three days longer.
WITH point AS (
    SELECT kin.listed_lead_key,
        unnest([lower(lead.email_key), lead.phone_e164, lead.mobile_e164]) AS point
    FROM kin JOIN lead USING (lead_key)
    WHERE kin.is_own
),
ground AS (
    SELECT * FROM consent_event WHERE status = 'opt_in' OR lawful_basis IS NOT NULL
),
held AS (
    SELECT kin.listed_lead_key, ground.captured_at, ground.effective_to
    FROM ground JOIN kin USING (lead_key)
    WHERE kin.is_own
    UNION ALL
    SELECT point.listed_lead_key, ground.captured_at, ground.effective_to
    FROM ground JOIN point ON point.point = lower(ground.contact_key)
    WHERE ground.lead_key IS NULL
),
-- consent that was too old by its date counted from its last use, as in the eligibility stage
use AS (
    SELECT listed_frame.lead_key, max(used."at") AS used_at
    FROM consent_use() AS used
    JOIN kin USING (lead_key)
    JOIN listed_frame
        ON listed_frame.lead_key = kin.listed_lead_key AND listed_frame.channel = used.channel
    WHERE kin.is_own AND listed_frame.needs_ground AND used."at" < $as_of
    GROUP BY listed_frame.lead_key
),
touch AS (
    SELECT lead_key, "at", channel IN ('call', 'email', 'sms', 'meeting', 'form') AS is_inquiry
    FROM activity
    WHERE direction = 'in' AND lead_key IN (SELECT lead_key FROM kin)
    UNION ALL
    SELECT lead_key, "at", true FROM contact_attempt WHERE disposition IN ('replied', 'meeting')
),
tie AS (
    SELECT kin.listed_lead_key, max(touch."at") AS inquiry_at
    FROM kin JOIN touch USING (lead_key)
    WHERE kin.is_own AND touch.is_inquiry AND touch."at" < $as_of
    GROUP BY kin.listed_lead_key
),
purchase AS (
    SELECT kin.listed_lead_key, max(outcome.occurred_at) AS purchase_at
    FROM kin JOIN outcome USING (lead_key)
    WHERE kin.is_own AND outcome.milestone = 'won' AND outcome.occurred_at < $as_of
    GROUP BY kin.listed_lead_key
),
own_contact AS (
    SELECT kin.listed_lead_key, max(coalesce(last.own_at, lead.created_at)) AS own_at
    FROM kin
    JOIN lead USING (lead_key)
    LEFT JOIN (
        SELECT lead_key, max("at") AS own_at FROM touch WHERE "at" < $as_of GROUP BY lead_key
    ) AS last USING (lead_key)
    WHERE kin.is_own
    GROUP BY kin.listed_lead_key
),
counted AS (
    SELECT listed_frame.lead_key, held.captured_at AS began, listed_frame.consent_months AS months
    FROM held JOIN listed_frame ON listed_frame.lead_key = held.listed_lead_key
    WHERE listed_frame.needs_ground
    UNION ALL
    SELECT use.lead_key, use.used_at, listed_frame.consent_months
    FROM use
    JOIN listed_frame USING (lead_key)
    JOIN held ON held.listed_lead_key = use.lead_key AND held.captured_at <= use.used_at
    WHERE held.captured_at + to_months(listed_frame.consent_months::INTEGER) <= $as_of
    UNION ALL
    SELECT listed_frame.lead_key, tie.inquiry_at,
        unnest([listed_frame.inquiry_months, listed_frame.exempt_inquiry_months])
    FROM tie JOIN listed_frame ON listed_frame.lead_key = tie.listed_lead_key
    UNION ALL
    SELECT listed_frame.lead_key, purchase.purchase_at,
        unnest([listed_frame.purchase_months, listed_frame.exempt_purchase_months])
    FROM purchase JOIN listed_frame ON listed_frame.lead_key = purchase.listed_lead_key
    UNION ALL
    SELECT listed_frame.lead_key, own_contact.own_at, listed_frame.retention_months
    FROM own_contact JOIN listed_frame ON listed_frame.lead_key = own_contact.listed_lead_key
),
ending AS (
    SELECT lead_key, began + to_months(months::INTEGER) AS ends,
        CASE WHEN began::DATE = last_day(began) THEN INTERVAL 3 DAY ELSE INTERVAL 0 DAY END AS more
    FROM counted
    WHERE months > 0
    UNION ALL
    SELECT listed_frame.lead_key, held.effective_to, INTERVAL 0 DAY
    FROM held JOIN listed_frame ON listed_frame.lead_key = held.listed_lead_key
    WHERE listed_frame.needs_ground
)
SELECT lead_key AS listed_lead_key, min(ends) AS lapses_at
FROM ending
WHERE ends + more > $as_of
GROUP BY lead_key
