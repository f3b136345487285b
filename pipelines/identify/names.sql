-- purpose: define how names are folded and when two of them agree or conflict
-- grain: functions of texts; null: the name is not given
-- reads: nothing    writes: temporary macros
-- What stands for no name is none. `Na` and `Null` are names; so are letters of any script.
CREATE OR REPLACE TEMP MACRO folded(name) AS CASE
    WHEN trim(lower(name), ' .[]()<>-') NOT IN (
        'n/a', '#n/a', 'n.a', 'none', 'unknown', 'unbekannt', 'inconnu', 'desconocido', 'onbekend',
        'not provided', 'not available', 'not given', 'test', 'tester', 'testing', 'xx', 'xxx', 'xxxx',
        'asdf', 'asd', 'abc', 'dummy', 'fake', 'example', 'nobody', 'anonymous', 'undefined', 'nan',
        'no name', 'noname', 'first name', 'last name', 'firstname', 'lastname', 'fname', 'lname',
        'first', 'surname', 'name', 'lead', 'contact', 'customer', 'user', 'tbd', 'blank')
    THEN nullif(regexp_replace(strip_accents(lower(name)), '[^\p{L}]', '', 'g'), '') END;
CREATE OR REPLACE TEMP MACRO untagged(address) AS regexp_replace(address, '\+[^@]*@', '@');
-- A first name keeps its words apart: without them Mary K. would be another Maryk.
CREATE OR REPLACE TEMP MACRO spaced(name) AS CASE WHEN folded(name) IS NOT NULL THEN
    trim(regexp_replace(regexp_replace(strip_accents(lower(name)), '[^\p{L}\s.-]', '', 'g'),
        '[\s.-]+', ' ', 'g')) END;
CREATE OR REPLACE TEMP MACRO bare(name) AS replace(name, ' ', '');
-- not split_part: of a column of nulls DuckDB 2.0 cannot compare two of these
CREATE OR REPLACE TEMP MACRO given(name) AS regexp_replace(name, ' .*$', '');
-- What is given for a name, and how it is spelt: texts repeat, so that spelling each once is less.
CREATE OR REPLACE TEMP MACRO first_text(first_name, full_name) AS
    coalesce(first_name, split_part(trim(full_name), ' ', 1));
CREATE OR REPLACE TEMP MACRO last_text(last_name, full_name) AS
    coalesce(last_name, CASE WHEN contains(trim(full_name), ' ')
        THEN split_part(without_generation(trim(full_name)), ' ', -1) END);
CREATE OR REPLACE TEMP MACRO first_spelt(text) AS spaced(without_generation(text));
CREATE OR REPLACE TEMP MACRO last_spelt(text) AS folded(without_generation(text));
CREATE OR REPLACE TEMP MACRO first_of(first_name, full_name) AS
    first_spelt(first_text(first_name, full_name));
CREATE OR REPLACE TEMP MACRO last_of(last_name, full_name) AS
    last_spelt(last_text(last_name, full_name));
-- An initial is enough; a letter or two may be mistyped.
CREATE OR REPLACE TEMP MACRO is_like(a, b) AS
    starts_with(a, b) OR starts_with(b, a) OR jaro_winkler_similarity(a, b) >= 0.9;
-- Paul and Paula, Mario and Maria, Peter and Petra, Andrea and Andreas, Юлий and Юлия: no mistake,
-- but the other of a couple or of twins. null: a name is missing
CREATE OR REPLACE TEMP MACRO is_tail_of_other_sex(short, long) AS
    length(short) > 2 AND starts_with(long, short) AND regexp_matches(
        substr(long, length(short) + 1),
        '^(?:a|e|ia|n?na|n?ne|l?la|l?le|ina|ine|ell?a|elle|ett?a|ette|ita|inha|а|я|ина)$')
    OR length(short) > 4 AND long IN (short || 'ie', short || 'ta', short || 'te')
    OR ends_with(short, 'a') AND long = short || 's'
    OR ends_with(short, 'ia') AND long = short || 'n';
CREATE OR REPLACE TEMP MACRO is_ending_of_other_sex(a, b, endings) AS
    regexp_replace(a, endings, '') = regexp_replace(b, endings, '')
    AND regexp_matches(a, endings) AND regexp_matches(b, endings);
CREATE OR REPLACE TEMP MACRO is_other_sex(a, b) AS a <> b AND left(a, 2) = left(b, 2) AND (
    is_tail_of_other_sex(a, b) OR is_tail_of_other_sex(b, a)
    OR is_ending_of_other_sex(a, b, '(?:o|os|us|a)$') OR is_ending_of_other_sex(a, b, '(?:er|ra)$')
    OR is_ending_of_other_sex(a, b, 'i(?:an|n|na|ne)$')
    OR is_ending_of_other_sex(a, b, '(?:ии|ия|й|я)$')
    OR is_ending_of_other_sex(a, b, '(?:e|ia)$'));
-- What is short for another name: a second name is left out, the last word is an initial, or Alex
-- stands for Alexander, Sara for Sarah. Jan does not stand for Janet, and Dan may be anybody's before an a or an e.
CREATE OR REPLACE TEMP MACRO is_short_for(short, long) AS
    starts_with(long, short || ' ')
    OR starts_with(long, short) AND (
        regexp_matches(short, '(?:^| )\p{L}$')
        OR long = short || 'h'
        OR length(long) - length(short) > 2 AND NOT regexp_matches(long, '[aeая]$'));
CREATE OR REPLACE TEMP MACRO firsts_agree(a, b) AS
    bare(a) = bare(b) OR is_short_for(a, b) OR is_short_for(b, a);
-- Both names are there and are one name, in either order. A name that is missing agrees with
-- nothing: joining on it would chain two people of one household through a nameless third.
CREATE OR REPLACE TEMP MACRO names_agree(first_a, last_a, first_b, last_b) AS coalesce(
    (last_a = last_b AND firsts_agree(first_a, first_b))
    OR (bare(first_a) = last_b AND last_a = bare(first_b)), false);
CREATE OR REPLACE TEMP MACRO names_equal(first_a, last_a, first_b, last_b) AS coalesce(
    (last_a = last_b AND bare(first_a) = bare(first_b))
    OR (bare(first_a) = last_b AND last_a = bare(first_b)), false);
-- What is given cannot be one person. Another last name alone is a marriage, not a conflict; another
-- first name is another member of the family.
CREATE OR REPLACE TEMP MACRO names_conflict(first_a, last_a, first_b, last_b) AS CASE
    WHEN coalesce(first_a, last_a) IS NULL OR coalesce(first_b, last_b) IS NULL THEN false
    WHEN first_a IS NOT NULL AND first_b IS NOT NULL
        THEN NOT ((is_like(bare(first_a), bare(first_b))
                AND NOT is_other_sex(given(first_a), given(first_b)))
            OR coalesce(is_like(bare(first_a), last_b) AND is_like(last_a, bare(first_b)), false))
    ELSE NOT (coalesce(is_like(last_a, last_b), false)
        OR coalesce(is_like(bare(coalesce(first_a, last_a)), bare(coalesce(last_b, first_b))), false)
        OR coalesce(is_like(bare(coalesce(last_a, first_a)), bare(coalesce(first_b, last_b))), false))
END;
