-- The counters of a population, from its rows.
INSERT INTO tab_counts (tenant_id, grain, bucket, channel_id, open, bot, expired, closed, awaiting_reply)
SELECT tenant_id, grain, bucket, channel_id, count(*) FILTER (WHERE announced_state = 'OPEN'),
  count(*) FILTER (WHERE announced_state = 'BOT'), count(*) FILTER (WHERE announced_state = 'EXPIRED'),
  count(*) FILTER (WHERE announced_state = 'CLOSED'),
  count(*) FILTER (WHERE grain = 'TOTAL' AND announced_state <> 'CLOSED' AND waiting_since IS NOT NULL)
FROM conversations CROSS JOIN LATERAL (VALUES ('TOTAL', 'epoch'::timestamptz),
  ('HOUR', date_trunc('hour', window_expires_at, 'UTC')),
  ('MINUTE', date_trunc('minute', window_expires_at, 'UTC'))) b (grain, bucket)
WHERE tenant_id LIKE 'PREFIX%' AND (grain = 'TOTAL' OR announced_state IN ('OPEN', 'BOT'))
GROUP BY tenant_id, grain, bucket, channel_id;
