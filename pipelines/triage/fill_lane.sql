-- purpose: give the best persons not yet listed to one lane, up to its quota
-- grain: one row per listed person
-- reads: candidate, listed    writes: listed
-- parameters: $channel, $handler, $quota, $cost (of one contact)
-- {open} is the reason column of the channel, {turn} that of its contact point, {human_only} the rule for persons who need a human
INSERT INTO listed BY NAME
SELECT
    candidate.person_key,
    $channel AS channel,
    $handler AS handler,
    candidate.gross_value - $cost AS expected_value
FROM candidate
ANTI JOIN listed USING (person_key)
WHERE candidate.{open} = 0
  AND {turn}
  AND {human_only}
  AND ($cost = 0 OR candidate.gross_value > $cost)
ORDER BY candidate.rank
LIMIT $quota
