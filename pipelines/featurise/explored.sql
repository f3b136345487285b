-- purpose: say with which chance a training row was put on its list by lot
-- grain: one row per row of __target__, in the order in which its features are streamed
-- reads: __target__, decision_history
-- writes: nothing (lead_key, as_of, chance)
-- parameters: none; __target__ is replaced by the name of the table of training rows
-- note: a list lasts a day, so whoever was contacted on the night's day or on the next was on it.
-- Drawn with two chances (two nights in a row), a row counts with the later night's.
SELECT
    target.lead_key,
    target.as_of,
    arg_max(drawn.propensity, drawn.as_of) AS chance
FROM __target__ AS target
LEFT JOIN decision_history AS drawn
    ON drawn.person_key = target.person_key
    AND drawn.slice = 'explore'
    AND drawn.propensity > 0 AND drawn.propensity <= 1
    AND drawn.as_of IN (target.as_of, target.as_of - INTERVAL 1 DAY)
GROUP BY target.lead_key, target.as_of
ORDER BY target.lead_key, target.as_of
