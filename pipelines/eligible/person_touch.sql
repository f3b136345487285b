-- purpose: sum the touches of a person up over its leads
-- grain:   one row per person that was ever touched before as_of
-- reads:   eligible_lead_touch, dedupe_link    writes: temporary table eligible_touch
CREATE OR REPLACE TEMP TABLE eligible_touch AS
SELECT dedupe_link.person_key,
       max(touch.own_at) AS own_at,
       max(touch.inquiry_at) AS inquiry_at,
       max(touch.purchase_at) AS purchase_at,
       max(touch.approach_at) AS approach_at,
       sum(touch.approaches)::INTEGER AS approaches
FROM eligible_lead_touch AS touch
JOIN dedupe_link USING (lead_key)
GROUP BY dedupe_link.person_key
