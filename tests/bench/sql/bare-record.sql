-- The least that could be called recording a message: the conversation and an event, in one statement.
-- No tenant's row, so no gapless revision; no message id, no counters.
\set i random(0, :conversations - 1)
WITH after AS (
  INSERT INTO conversations AS c (conversation_id, version, last_inbound_at, window_expires_at,
    waiting_since, handler_since, create_time, update_time, handler_epoch, unanswered_templates,
    announced_state, handler_kind, tenant_id, channel_id, contact_id)
  SELECT gen_random_uuid(), 1, at, at + interval '24 hours', at, at, at, at, 1, 0, 'OPEN', 'HUMAN',
    :prefix::text || '000000', 'main', '966' || lpad((:i::bigint * 39916801 % 1000000000)::text, 9, '0')
  FROM clock_timestamp() AS at
  ON CONFLICT (tenant_id COLLATE "C", channel_id, contact_id) DO UPDATE SET version = c.version + 1,
    last_inbound_at = excluded.last_inbound_at, window_expires_at = excluded.window_expires_at,
    waiting_since = coalesce(c.waiting_since, excluded.waiting_since), update_time = excluded.update_time,
    unanswered_templates = 0, closed_at = NULL, closed_by_kind = NULL, closed_by_id = NULL, close_reason = NULL,
    announced_state = (CASE c.handler_kind WHEN 'BOT' THEN 'BOT' ELSE 'OPEN' END)::conversation_state
  RETURNING c.*)
INSERT INTO events (revision, version, conversation_id, occurred_at, recorded_at, handler_epoch, event_type,
  to_state, actor_kind, handler_kind, out_of_turn, tenant_id, reason, team_id, agent_id)
SELECT nextval('bare_revision'), version, conversation_id, update_time, update_time, handler_epoch,
  'INBOUND_RECORDED', announced_state, 'CUSTOMER', handler_kind, false, tenant_id, 'MESSAGE', team_id, agent_id
FROM after;
