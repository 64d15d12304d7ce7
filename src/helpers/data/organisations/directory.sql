-- name: organisations
WITH heirs AS (
               SELECT successor AS org_code, string_agg(org_code, ',' ORDER BY org_code) AS former
               FROM successors GROUP BY successor
           )
           SELECT org_code, arg_max(name, coalesce(valid_from, DATE '1900-01-01')) AS name,
                  any_value(kind) AS kind, any_value(region) AS region,
                  any_value(icb_code) AS icb_code, any_value(peer_group) AS peer_group,
                  any_value(former) AS former
           FROM organisations LEFT JOIN heirs USING (org_code)
           WHERE org_code NOT IN (SELECT org_code FROM successors)
           GROUP BY org_code ORDER BY org_code
