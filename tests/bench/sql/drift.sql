-- The counters of a population that differ from what its rows say.
SELECT count(*) FROM (SELECT FROM (
  SELECT tenant_id, grain, bucket, channel_id, open, bot, expired, closed, awaiting_reply FROM tab_counts
  WHERE tenant_id LIKE 'PREFIX%'
  UNION ALL
  SELECT tenant_id, grain, bucket, channel_id, -count(*) FILTER (WHERE announced_state = 'OPEN'),
    -count(*) FILTER (WHERE announced_state = 'BOT'), -count(*) FILTER (WHERE announced_state = 'EXPIRED'),
    -count(*) FILTER (WHERE announced_state = 'CLOSED'),
    -count(*) FILTER (WHERE grain = 'TOTAL' AND announced_state <> 'CLOSED' AND waiting_since IS NOT NULL)
  FROM conversations CROSS JOIN LATERAL (VALUES ('TOTAL', 'epoch'::timestamptz),
    ('HOUR', date_trunc('hour', window_expires_at, 'UTC')),
    ('MINUTE', date_trunc('minute', window_expires_at, 'UTC'))) b (grain, bucket)
  WHERE tenant_id LIKE 'PREFIX%' AND (grain = 'TOTAL' OR announced_state IN ('OPEN', 'BOT'))
  GROUP BY tenant_id, grain, bucket, channel_id) row
GROUP BY tenant_id, grain, bucket, channel_id
HAVING sum(open) <> 0 OR sum(bot) <> 0 OR sum(expired) <> 0 OR sum(closed) <> 0 OR sum(awaiting_reply) <> 0) drifted;
