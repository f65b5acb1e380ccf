-- A customer's message, row by row, as careful code without batches would write it: the tenant's row
-- is locked by a statement of its own, so that the counters cannot drift, and all four statements go
-- to the server at once. The conversation, the message's id, the event, the tenant's revision and the
-- counters are written, by one statement.
\set tenant_index random(0, :tenants - 1)
\set i random(0, :conversations - 1)
\set message random(1, 9223372036854775806)
\startpipeline
BEGIN;
SELECT revision FROM tenants WHERE tenant_id = :prefix::text || lpad(:tenant_index::text, 6, '0') FOR UPDATE;
WITH key AS MATERIALIZED (
  SELECT :prefix::text || lpad(:tenant_index::text, 6, '0') AS tenant_id, 'main'::text AS channel_id,
    '966' || lpad((:i::bigint * 39916801 % 1000000000)::text, 9, '0') AS contact_id,
    clock_timestamp() AS at),
before AS MATERIALIZED (
  SELECT c.* FROM key JOIN conversations c ON c.tenant_id COLLATE "C" = key.tenant_id
    AND c.channel_id = key.channel_id AND c.contact_id = key.contact_id),
message AS (
  INSERT INTO messages (tenant_id, message_id, conversation_id, occurred_at, inbound)
  SELECT key.tenant_id, 'wamid.HBgM' || key.contact_id || 'FQIAEhgUM0E3' || lpad(to_hex(:message::bigint), 16, '0'),
    coalesce(before.conversation_id, gen_random_uuid()), key.at, true
  FROM key LEFT JOIN before ON true
  ON CONFLICT (tenant_id, message_id) DO NOTHING RETURNING conversation_id),
tenant AS (
  UPDATE tenants t SET revision = t.revision + 1 FROM key, message
  WHERE t.tenant_id = key.tenant_id RETURNING t.revision),
after AS (
  INSERT INTO conversations AS c (conversation_id, version, last_inbound_at, window_expires_at,
    waiting_since, handler_since, create_time, update_time, handler_epoch, unanswered_templates,
    announced_state, handler_kind, tenant_id, channel_id, contact_id)
  SELECT message.conversation_id, 1, key.at, key.at + interval '24 hours', key.at, key.at, key.at, key.at, 1, 0,
    'OPEN', 'HUMAN', key.tenant_id, key.channel_id, key.contact_id
  FROM key, message
  ON CONFLICT (tenant_id COLLATE "C", channel_id, contact_id) DO UPDATE SET version = c.version + 1,
    last_inbound_at = excluded.last_inbound_at, window_expires_at = excluded.window_expires_at,
    waiting_since = coalesce(c.waiting_since, excluded.waiting_since), update_time = excluded.update_time,
    unanswered_templates = 0, closed_at = NULL, closed_by_kind = NULL, closed_by_id = NULL, close_reason = NULL,
    announced_state = (CASE c.handler_kind WHEN 'BOT' THEN 'BOT' ELSE 'OPEN' END)::conversation_state
  RETURNING c.*),
event AS (
  INSERT INTO events (revision, version, conversation_id, occurred_at, recorded_at, handler_epoch, event_type,
    from_state, to_state, actor_kind, handler_kind, out_of_turn, tenant_id, reason, team_id, agent_id)
  SELECT tenant.revision, after.version, after.conversation_id, after.update_time, after.update_time,
    after.handler_epoch, (CASE WHEN before.version IS NULL THEN 'CREATED' WHEN before.closed_at IS NOT NULL
      THEN 'REOPENED' ELSE 'INBOUND_RECORDED' END)::event_type, before.announced_state, after.announced_state,
    'CUSTOMER', after.handler_kind, false, after.tenant_id, 'MESSAGE', after.team_id, after.agent_id
  FROM tenant, after LEFT JOIN before ON true),
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
  SELECT key.tenant_id, grain, bucket, key.channel_id, coalesce(open, 0), coalesce(bot, 0), coalesce(expired, 0),
    coalesce(closed, 0), coalesce(awaiting_reply, 0)
  FROM key, change WHERE coalesce(open, 0) <> 0 OR coalesce(bot, 0) <> 0 OR coalesce(expired, 0) <> 0
    OR coalesce(closed, 0) <> 0 OR coalesce(awaiting_reply, 0) <> 0
  ON CONFLICT (tenant_id, grain, bucket, channel_id) DO UPDATE SET open = t.open + excluded.open,
    bot = t.bot + excluded.bot, expired = t.expired + excluded.expired, closed = t.closed + excluded.closed,
    awaiting_reply = t.awaiting_reply + excluded.awaiting_reply)
SELECT conversation_id, version, announced_state, window_expires_at, waiting_since FROM after;
COMMIT;
\endpipeline
