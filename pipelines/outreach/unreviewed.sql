-- purpose: listed leads of persons about whom something was repaired that nobody has reviewed
-- grain: one row per listed lead
-- reads: listed_frame (lead_key), dedupe_link, salvaged_row    writes: nothing
-- parameters: none
-- A list may be older than the load that brought the repaired record.
SELECT DISTINCT listed_frame.lead_key AS listed_lead_key
FROM listed_frame
JOIN dedupe_link AS mine USING (lead_key)
JOIN dedupe_link AS others USING (person_key)
JOIN salvaged_row ON salvaged_row.lead_key = others.lead_key
WHERE salvaged_row.reviewed_by IS NULL
