-- GetTabCounts: the statement of the service's store (store/counts.rs), copied, with its parameters.
-- Copy it anew when the store's changes. Without any \set pgbench logs some latencies as 0.
\set begun 1
SELECT at.as_of, coalesce((SELECT revision FROM tenants WHERE tenant_id = :tenant::text), 0), total.open
  - ended.open, total.bot - ended.bot, total.expired + ended.open + ended.bot, total.closed,
  total.awaiting_reply, later.open + later.bot - ended.open - ended.bot FROM (SELECT as_of, as_of +
  (3600000000::bigint + 1) * interval '1 microsecond' AS soon FROM (SELECT coalesce(NULL::timestamptz,
  clock_timestamp()) AS as_of) clock) at CROSS JOIN LATERAL ( SELECT coalesce(sum(t.open), 0)::bigint AS
  open, coalesce(sum(t.bot), 0)::bigint AS bot, coalesce(sum(t.expired), 0)::bigint AS expired,
  coalesce(sum(t.closed), 0)::bigint AS closed, coalesce(sum(t.awaiting_reply), 0)::bigint AS
  awaiting_reply FROM tab_counts t WHERE t.tenant_id = :tenant::text AND (NULL::text[] IS NULL OR
  t.channel_id = ANY(NULL)) AND t.grain = 'TOTAL' AND t.bucket = 'epoch') total CROSS JOIN LATERAL
  (SELECT coalesce(sum(open), 0)::bigint AS open, coalesce(sum(bot), 0)::bigint AS bot FROM ( SELECT
  t.open, t.bot FROM tab_counts t WHERE t.tenant_id = :tenant::text AND (NULL::text[] IS NULL OR
  t.channel_id = ANY(NULL)) AND t.grain = 'HOUR' AND t.bucket < date_trunc('hour', at.as_of, 'UTC')
  UNION ALL SELECT t.open, t.bot FROM tab_counts t WHERE t.tenant_id = :tenant::text AND (NULL::text[]
  IS NULL OR t.channel_id = ANY(NULL)) AND t.grain = 'MINUTE' AND t.bucket >= date_trunc('hour',
  at.as_of, 'UTC') AND t.bucket < date_trunc('minute', at.as_of, 'UTC') UNION ALL SELECT count(*) FILTER
  (WHERE c.announced_state = 'OPEN'), count(*) FILTER (WHERE c.announced_state = 'BOT') FROM tab_counts
  t CROSS JOIN unnest('{OPEN,BOT}'::conversation_state[]) AS live (state) CROSS JOIN LATERAL (SELECT
  f.announced_state FROM conversations f WHERE f.tenant_id COLLATE "ucs_basic" = t.tenant_id AND
  f.channel_id = t.channel_id AND f.announced_state = live.state AND f.odd_window AND
  f.window_expires_at >= date_trunc('minute', at.as_of, 'UTC') AND f.window_expires_at < at.as_of OFFSET
  0) c WHERE t.tenant_id = :tenant::text AND (NULL::text[] IS NULL OR t.channel_id = ANY(NULL)) AND
  t.grain = 'TOTAL' AND t.bucket = 'epoch' UNION ALL SELECT count(*) FILTER (WHERE c.announced_state =
  'OPEN'), count(*) FILTER (WHERE c.announced_state = 'BOT') FROM tab_counts t CROSS JOIN
  unnest('{OPEN,BOT}'::conversation_state[]) AS live (state) CROSS JOIN LATERAL (SELECT
  f.announced_state FROM conversations f WHERE f.tenant_id COLLATE "POSIX" = t.tenant_id AND
  f.channel_id = t.channel_id AND f.announced_state = live.state AND NOT f.odd_window AND
  f.last_inbound_at >= date_trunc('minute', at.as_of, 'UTC') - interval '24 hours' AND f.last_inbound_at
  < at.as_of - interval '24 hours' OFFSET 0) c WHERE t.tenant_id = :tenant::text AND (NULL::text[] IS
  NULL OR t.channel_id = ANY(NULL)) AND t.grain = 'TOTAL' AND t.bucket = 'epoch' ) part) ended CROSS
  JOIN LATERAL (SELECT coalesce(sum(open), 0)::bigint AS open, coalesce(sum(bot), 0)::bigint AS bot FROM
  ( SELECT t.open, t.bot FROM tab_counts t WHERE t.tenant_id = :tenant::text AND (NULL::text[] IS NULL
  OR t.channel_id = ANY(NULL)) AND t.grain = 'HOUR' AND t.bucket < date_trunc('hour', at.soon, 'UTC')
  UNION ALL SELECT t.open, t.bot FROM tab_counts t WHERE t.tenant_id = :tenant::text AND (NULL::text[]
  IS NULL OR t.channel_id = ANY(NULL)) AND t.grain = 'MINUTE' AND t.bucket >= date_trunc('hour',
  at.soon, 'UTC') AND t.bucket < date_trunc('minute', at.soon, 'UTC') UNION ALL SELECT count(*) FILTER
  (WHERE c.announced_state = 'OPEN'), count(*) FILTER (WHERE c.announced_state = 'BOT') FROM tab_counts
  t CROSS JOIN unnest('{OPEN,BOT}'::conversation_state[]) AS live (state) CROSS JOIN LATERAL (SELECT
  f.announced_state FROM conversations f WHERE f.tenant_id COLLATE "ucs_basic" = t.tenant_id AND
  f.channel_id = t.channel_id AND f.announced_state = live.state AND f.odd_window AND
  f.window_expires_at >= date_trunc('minute', at.soon, 'UTC') AND f.window_expires_at < at.soon OFFSET
  0) c WHERE t.tenant_id = :tenant::text AND (NULL::text[] IS NULL OR t.channel_id = ANY(NULL)) AND
  t.grain = 'TOTAL' AND t.bucket = 'epoch' UNION ALL SELECT count(*) FILTER (WHERE c.announced_state =
  'OPEN'), count(*) FILTER (WHERE c.announced_state = 'BOT') FROM tab_counts t CROSS JOIN
  unnest('{OPEN,BOT}'::conversation_state[]) AS live (state) CROSS JOIN LATERAL (SELECT
  f.announced_state FROM conversations f WHERE f.tenant_id COLLATE "POSIX" = t.tenant_id AND
  f.channel_id = t.channel_id AND f.announced_state = live.state AND NOT f.odd_window AND
  f.last_inbound_at >= date_trunc('minute', at.soon, 'UTC') - interval '24 hours' AND f.last_inbound_at
  < at.soon - interval '24 hours' OFFSET 0) c WHERE t.tenant_id = :tenant::text AND (NULL::text[] IS
  NULL OR t.channel_id = ANY(NULL)) AND t.grain = 'TOTAL' AND t.bucket = 'epoch' ) part) later;
