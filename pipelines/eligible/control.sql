-- purpose: hold the control group back: nobody of it is on any list
-- grain:   one row per person held back
-- reads:   lead, bound_lead, dedupe_link, activity, contact_attempt
-- writes:  temporary table eligible_lead_fact (appends)
-- params:  as_of, draw (name of the draw), below (a hash that sorts before it is in), inbound_days
-- Each lead is drawn by a hash of what its source calls it, so that it is in or out for good, also
-- in a home that is built anew. One lead that is in holds the person, and everybody who was one
-- person with it: a merge lets nobody out, and a split neither. Who came to us lately is answered.
INSERT INTO eligible_lead_fact
WITH drawn AS (
    SELECT lead_key FROM lead WHERE is_drawn($draw, source_system, source_id, $below)
),
held AS (
    SELECT lead_key FROM drawn
    UNION
    SELECT other.lead_key
    FROM drawn
    JOIN bound_lead AS own ON own.lead_key = drawn.lead_key AND own.reason = 'split'
    JOIN bound_lead AS other ON other.reason = own.reason AND other.group_key = own.group_key
),
held_person AS (
    SELECT DISTINCT dedupe_link.person_key FROM held JOIN dedupe_link USING (lead_key)
),
member AS (
    SELECT dedupe_link.person_key, dedupe_link.lead_key
    FROM dedupe_link SEMI JOIN held_person USING (person_key)
),
inbound AS (
    SELECT lead_key
    FROM activity
    WHERE "at" >= $as_of::TIMESTAMP - to_days($inbound_days)
        AND direction = 'in' AND channel IN ('call', 'email', 'sms', 'meeting', 'form')
    UNION ALL
    SELECT lead_key
    FROM contact_attempt
    WHERE "at" >= $as_of::TIMESTAMP - to_days($inbound_days)
        AND disposition IN ('replied', 'meeting')
)
SELECT member.lead_key, 31, r_control_group(), 0
FROM member
JOIN held_person USING (person_key)
WHERE member.lead_key = member.person_key
    AND NOT EXISTS (
        SELECT 1 FROM member AS other JOIN inbound USING (lead_key)
        WHERE other.person_key = member.person_key
    )
