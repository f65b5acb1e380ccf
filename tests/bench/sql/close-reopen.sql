-- Closing a conversation and reopening it, row by row: two transactions, each as in record-inbound.sql.
-- Takes the conversations that were seeded open and with people.
\set tenant_index random(0, :tenants - 1)
\set r random(0, :conversations / 10 - 1)
\set i 10 * :r
\startpipeline
BEGIN;
SELECT revision FROM tenants WHERE tenant_id = :prefix::text || lpad(:tenant_index::text, 6, '0') FOR UPDATE;
WITH key AS MATERIALIZED (
  SELECT :prefix::text || lpad(:tenant_index::text, 6, '0') AS tenant_id,
    ('01900000-0000-7000-8000-' || lpad(to_hex(:i::bigint), 12, '0'))::uuid AS conversation_id,
    clock_timestamp() AS at),
before AS MATERIALIZED (
  SELECT c.* FROM key JOIN conversations c ON c.tenant_id = key.tenant_id
    AND c.conversation_id = key.conversation_id AND c.closed_at IS NULL),
tenant AS (
  UPDATE tenants t SET revision = t.revision + 1 FROM before
  WHERE t.tenant_id = before.tenant_id RETURNING t.revision),
after AS (
  UPDATE conversations c SET version = c.version + 1, update_time = key.at, closed_at = key.at, closed_by_kind = 'AGENT',
    closed_by_id = 'omar', close_reason = 'RESOLVED', announced_state = 'CLOSED'
  FROM key, before WHERE c.tenant_id = before.tenant_id AND c.conversation_id = before.conversation_id
  RETURNING c.*),
event AS (
  INSERT INTO events (revision, version, conversation_id, occurred_at, recorded_at, handler_epoch, event_type,
    from_state, to_state, actor_kind, handler_kind, out_of_turn, tenant_id, actor_id, reason, team_id, agent_id)
  SELECT tenant.revision, after.version, after.conversation_id, after.update_time, after.update_time,
    after.handler_epoch, 'CLOSED', before.announced_state, after.announced_state, 'AGENT',
    after.handler_kind, false, after.tenant_id, 'omar', 'RESOLVED', after.team_id, after.agent_id
  FROM tenant, before, after),
side AS (
  SELECT -1 AS sign, announced_state, window_expires_at, waiting_since FROM before
  UNION ALL SELECT 1, announced_state, window_expires_at, waiting_since FROM after),
change AS (
  SELECT grain, bucket, sum(sign) FILTER (WHERE announced_state = 'OPEN') AS open,
    sum(sign) FILTER (WHERE announced_state = 'BOT') AS bot,
    sum(sign) FILTER (WHERE announced_state = 'EXPIRED') AS expired,
    sum(sign) FILTER (WHERE announced_state = 'CLOSED') AS closed,
    sum(sign) FILTER (WHERE grain = 'TOTAL' AND announced_state <> 'CLOSED' AND waiting_since IS NOT NULL)
      AS awaiting_reply
  FROM side CROSS JOIN LATERAL (VALUES ('TOTAL', 'epoch'::timestamptz),
    ('HOUR', date_trunc('hour', window_expires_at, 'UTC')),
    ('MINUTE', date_trunc('minute', window_expires_at, 'UTC'))) b (grain, bucket)
  WHERE grain = 'TOTAL' OR announced_state IN ('OPEN', 'BOT') GROUP BY grain, bucket),
counts AS (
  INSERT INTO tab_counts AS t (tenant_id, grain, bucket, channel_id, open, bot, expired, closed, awaiting_reply)
  SELECT key.tenant_id, grain, bucket, 'main', coalesce(open, 0), coalesce(bot, 0), coalesce(expired, 0),
    coalesce(closed, 0), coalesce(awaiting_reply, 0)
  FROM key, change
  ON CONFLICT (tenant_id, grain, bucket, channel_id) DO UPDATE SET open = t.open + excluded.open,
    bot = t.bot + excluded.bot, expired = t.expired + excluded.expired, closed = t.closed + excluded.closed,
    awaiting_reply = t.awaiting_reply + excluded.awaiting_reply)
SELECT conversation_id, version, announced_state FROM after;
COMMIT;
\endpipeline
\startpipeline
BEGIN;
SELECT revision FROM tenants WHERE tenant_id = :prefix::text || lpad(:tenant_index::text, 6, '0') FOR UPDATE;
WITH key AS MATERIALIZED (
  SELECT :prefix::text || lpad(:tenant_index::text, 6, '0') AS tenant_id,
    ('01900000-0000-7000-8000-' || lpad(to_hex(:i::bigint), 12, '0'))::uuid AS conversation_id,
    clock_timestamp() AS at),
before AS MATERIALIZED (
  SELECT c.* FROM key JOIN conversations c ON c.tenant_id = key.tenant_id
    AND c.conversation_id = key.conversation_id AND c.closed_at IS NOT NULL),
tenant AS (
  UPDATE tenants t SET revision = t.revision + 1 FROM before
  WHERE t.tenant_id = before.tenant_id RETURNING t.revision),
after AS (
  UPDATE conversations c SET version = c.version + 1, update_time = key.at, closed_at = NULL, closed_by_kind = NULL,
    closed_by_id = NULL, close_reason = NULL, announced_state = CASE
      WHEN before.window_expires_at IS NULL OR before.window_expires_at < key.at THEN 'EXPIRED'
      WHEN before.handler_kind = 'BOT' THEN 'BOT' ELSE 'OPEN' END::conversation_state
  FROM key, before WHERE c.tenant_id = before.tenant_id AND c.conversation_id = before.conversation_id
  RETURNING c.*),
event AS (
  INSERT INTO events (revision, version, conversation_id, occurred_at, recorded_at, handler_epoch, event_type,
    from_state, to_state, actor_kind, handler_kind, out_of_turn, tenant_id, actor_id, reason, team_id, agent_id)
  SELECT tenant.revision, after.version, after.conversation_id, after.update_time, after.update_time,
    after.handler_epoch, 'REOPENED', before.announced_state, after.announced_state, 'AGENT',
    after.handler_kind, false, after.tenant_id, 'omar', NULL, after.team_id, after.agent_id
  FROM tenant, before, after),
side AS (
  SELECT -1 AS sign, announced_state, window_expires_at, waiting_since FROM before
  UNION ALL SELECT 1, announced_state, window_expires_at, waiting_since FROM after),
change AS (
  SELECT grain, bucket, sum(sign) FILTER (WHERE announced_state = 'OPEN') AS open,
    sum(sign) FILTER (WHERE announced_state = 'BOT') AS bot,
    sum(sign) FILTER (WHERE announced_state = 'EXPIRED') AS expired,
    sum(sign) FILTER (WHERE announced_state = 'CLOSED') AS closed,
    sum(sign) FILTER (WHERE grain = 'TOTAL' AND announced_state <> 'CLOSED' AND waiting_since IS NOT NULL)
      AS awaiting_reply
  FROM side CROSS JOIN LATERAL (VALUES ('TOTAL', 'epoch'::timestamptz),
    ('HOUR', date_trunc('hour', window_expires_at, 'UTC')),
    ('MINUTE', date_trunc('minute', window_expires_at, 'UTC'))) b (grain, bucket)
  WHERE grain = 'TOTAL' OR announced_state IN ('OPEN', 'BOT') GROUP BY grain, bucket),
counts AS (
  INSERT INTO tab_counts AS t (tenant_id, grain, bucket, channel_id, open, bot, expired, closed, awaiting_reply)
  SELECT key.tenant_id, grain, bucket, 'main', coalesce(open, 0), coalesce(bot, 0), coalesce(expired, 0),
    coalesce(closed, 0), coalesce(awaiting_reply, 0)
  FROM key, change
  ON CONFLICT (tenant_id, grain, bucket, channel_id) DO UPDATE SET open = t.open + excluded.open,
    bot = t.bot + excluded.bot, expired = t.expired + excluded.expired, closed = t.closed + excluded.closed,
    awaiting_reply = t.awaiting_reply + excluded.awaiting_reply)
SELECT conversation_id, version, announced_state FROM after;
COMMIT;
\endpipeline
