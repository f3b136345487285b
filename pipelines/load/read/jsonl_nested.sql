-- purpose: find the keys of the objects that stand within the records of a JSON-lines file
-- grain: one row per look-up and list of keys, in the order of first appearance; null: no object
-- reads: the file $path, of which every line is a JSON object
-- writes: nothing
-- parameters: $path, $k0, $k1, ... (JSON pointers); the lines and look-ups are filled in
SELECT
    look_up,
    CASE WHEN is_object THEN names END AS names
FROM (
    SELECT
        position,
        unnest(range(len(are_objects))) AS look_up,
        unnest(are_objects) AS is_object,
        unnest(found) AS names
    FROM (
        -- lines are alike: few different ones are left
        SELECT
            are_objects,
            found,
            min(position) AS position
        FROM (
            SELECT
                row_number() OVER () AS position,
                list_transform(
                    json_type(line, [__pointers__]), lambda kind: nullif(kind, 'NULL') = 'OBJECT'
                ) AS are_objects,
                json_keys(line, [__pointers__]) AS found
            FROM (__lines__)
        )
        GROUP BY are_objects, found
    )
)
WHERE is_object IS NOT NULL
GROUP BY ALL
ORDER BY look_up, min(position)
