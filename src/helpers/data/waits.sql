-- name: lists
-- the names of measures stand in the query: of a list of values nobody could see which were read
SELECT measure, specialty_code, category AS band, period::DATE AS month,
    CASE WHEN suppressed THEN NULL ELSE numerator END AS patients,
    CASE WHEN suppressed THEN NULL ELSE value END AS value, source
FROM measure_values_rolled_up
WHERE measure IN ('rtt_list_size', 'rtt_new_periods', 'rtt_completed_admitted', 'rtt_completed_non_admitted',
    'rtt_mean_wait', 'rtt_92nd_percentile_wait') AND period_type = 'month' AND status <> 'plan' AND unit_code IS NULL
    AND (breakdown IS NULL OR breakdown = '{breakdown}') AND period <= $until
    AND org_code = $code AND basis = $basis
ORDER BY measure, specialty_code, month

-- name: latest_month
SELECT coalesce(max(period) FILTER (specialty_code IS NOT NULL), max(period))::DATE FROM measure_values
WHERE measure = '{size}' AND basis = 'provider' AND period_type = 'month' AND status <> 'plan'
    AND breakdown IS NULL AND list_contains(?, org_code)
