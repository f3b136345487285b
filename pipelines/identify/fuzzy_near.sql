-- purpose: define when two texts are one, or may be, mistyped
-- grain: functions of texts; what is missing contradicts nothing
-- reads: nothing    writes: temporary macros
CREATE OR REPLACE TEMP MACRO is_start(a, b) AS
    a IS NULL OR b IS NULL OR starts_with(a, b) OR starts_with(b, a);
CREATE OR REPLACE TEMP MACRO is_near(a, b) AS
    is_start(a, b) OR jaro_winkler_similarity(a, b) >= 0.85 OR damerau_levenshtein(a, b) <= 1;
CREATE OR REPLACE TEMP MACRO digits_of(text) AS regexp_replace(text, '[^0-9]', '', 'g');
-- A namesake gets the next number, so a letter may be mistyped and a digit not; of a short name
-- every letter counts.
CREATE OR REPLACE TEMP MACRO is_mistyped(a, b) AS
    untagged(a) = untagged(b)
    OR (damerau_levenshtein(a, b) <= least(2, length(split_part(a, '@', 1)) // 4)
        AND digits_of(a) = digits_of(b));
-- What is missing is no key.
CREATE OR REPLACE TEMP MACRO key_of(text) AS CASE WHEN text IS NOT NULL THEN hash(text) END;
