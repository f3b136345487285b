-- purpose: keep what tonight changes: verdict, reasons and person as the last night decided them
-- grain: one row per lead of which any of them is another tonight
-- reads: before.stored_decision (the published file), stored_decision
-- writes: past_decision
-- parameters: $night (place of this night among all)
INSERT INTO past_decision BY NAME
SELECT
    former.lead_key,
    $night AS until_night,
    coalesce(former.own_person_key, former.lead_key) AS person_key,
    former.verdict,
    former.packed_reasons
FROM before.stored_decision AS former
JOIN stored_decision AS tonight USING (lead_key)
WHERE former.packed_reasons <> tonight.packed_reasons
    OR former.verdict <> tonight.verdict
    OR former.own_person_key IS DISTINCT FROM tonight.own_person_key
ORDER BY former.lead_key
