-- purpose: the leads that stand for the same people as the listed ones, now or once
-- grain: one row per listed lead and lead of its person, or bound with one of them
-- reads: listed_frame (lead_key), dedupe_link, bound_lead    writes: temporary table kin
CREATE OR REPLACE TEMP TABLE kin AS
WITH own AS (
    SELECT listed_frame.lead_key AS listed_lead_key, others.lead_key
    FROM listed_frame
    JOIN dedupe_link AS mine USING (lead_key)
    JOIN dedupe_link AS others USING (person_key)
)
SELECT listed_lead_key, lead_key, true AS is_own FROM own
UNION ALL
(
    SELECT own.listed_lead_key, other.lead_key, false
    FROM own
    JOIN bound_lead AS bound USING (lead_key)
    JOIN bound_lead AS other ON other.reason = bound.reason AND other.group_key = bound.group_key
    EXCEPT
    SELECT listed_lead_key, lead_key, false FROM own
)
