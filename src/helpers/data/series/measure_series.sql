-- name: whole
-- in the order of organisations: who asks for one of them reads little of what is kept
    SELECT * FROM measure_values_rolled_up
    WHERE status <> 'plan' AND breakdown IS NULL AND unit_code IS NULL AND specialty_code IS NULL
    ORDER BY org_code, measure, period

-- name: reasons
    SELECT measure, org_code, period, category AS reason, numerator AS patients, source
    FROM measure_values_rolled_up
    WHERE breakdown = 'reason' AND basis = 'provider' AND status <> 'plan' AND origin = 'published'
        AND NOT suppressed AND numerator IS NOT NULL AND unit_code IS NULL AND specialty_code IS NULL
        AND org_code IN (SELECT org_code FROM organisations WHERE kind = 'trust')
    ORDER BY measure, period, org_code, category

-- name: latest
    SELECT org_code, max(period)::DATE AS latest FROM measure_values
    WHERE basis = 'provider' AND period_type = 'month' AND status <> 'plan' AND breakdown IS NULL
    GROUP BY org_code ORDER BY org_code
