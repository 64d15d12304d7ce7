-- name: with_beds
SELECT DISTINCT {code} FROM organisations o LEFT JOIN successors b ON b.org_code = o.icb_code
    WHERE o.kind = 'trust' AND {code} IN (SELECT org_code FROM organisations WHERE kind = '{kind}')
      AND o.org_code IN (SELECT coalesce(s.successor, v.org_code) FROM measure_values v
        LEFT JOIN successors s ON s.org_code = v.org_code
        WHERE measure = 'bed_occupancy' AND period_type = 'month' AND denominator > 0
          AND v.source NOT IN (SELECT source FROM loads WHERE synthetic)) ORDER BY 1

-- name: trusts
SELECT DISTINCT coalesce(s.successor, v.org_code) FROM measure_values v
    LEFT JOIN successors s ON s.org_code = v.org_code
    WHERE basis = 'provider' AND {}
      AND coalesce(s.successor, v.org_code) IN (SELECT org_code FROM organisations WHERE kind = 'trust')
      AND v.source NOT IN (SELECT source FROM loads WHERE synthetic) ORDER BY 1

-- name: grouped
SELECT {0}, org_code FROM organisations WHERE {0} IS NOT NULL AND valid_to IS NULL
    AND successor IS NULL AND kind NOT IN ('icb', 'region', 'nation') ORDER BY 1, 2

-- name: in_oversight
SELECT DISTINCT org_code FROM oversight WHERE metric = 'OF5002'
        AND period = (SELECT max(period) FROM oversight) AND source NOT IN (SELECT source FROM loads WHERE synthetic)
        ORDER BY 1
