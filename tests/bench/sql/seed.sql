-- A population: PREFIX000000 … tenants of one channel, each with EACH conversations, all told apart by
-- their number. Of ten, four are OPEN, one BOT, three EXPIRED and two CLOSED; windows that are open
-- end between two hours from now and SPREAD after that, so that none ends during a measurement.
INSERT INTO tenants (tenant_id, revision, channels_version)
SELECT 'PREFIX' || lpad(k::text, 6, '0'), EACH, 1 FROM generate_series(0, TENANTS - 1) k;

INSERT INTO channels (tenant_id, channel_id, display_name, display_phone_number, bot_enabled, window_micros,
  reactions_open_window, on_inbound_when_closed, reopen_to_last_agent_micros, create_time, update_time, version)
SELECT tenant_id, 'main', 'Main', '+966 11 000 0000', true, 86400000000, false, 'REOPEN', 0, now(), now(), 1
FROM tenants WHERE tenant_id LIKE 'PREFIX%';

INSERT INTO conversations (conversation_id, version, last_inbound_at, last_outbound_at, window_expires_at,
  waiting_since, handler_since, create_time, update_time, closed_at, handler_epoch, unanswered_templates,
  announced_state, handler_kind, closed_by_kind, tenant_id, channel_id, contact_id, contact_name, team_id,
  agent_id, closed_by_id, close_reason)
SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 1, heard, NULL, ends,
  CASE WHEN i / 10 % 3 = 0 THEN heard END, heard, heard, heard, CASE WHEN state = 'CLOSED' THEN heard END, 1, 0,
  state, (CASE state WHEN 'BOT' THEN 'BOT' ELSE 'HUMAN' END)::handler_kind,
  (CASE WHEN state = 'CLOSED' THEN 'AGENT' END)::actor_kind,
  'PREFIX' || lpad(k::text, 6, '0'), 'main', '966' || lpad((i * 39916801 % 1000000000)::text, 9, '0'),
  'Customer ' || i,
  CASE WHEN state <> 'BOT' AND i / 10 % 3 > 0 THEN 'team' || i / 30 % 20 END,
  CASE WHEN state <> 'BOT' AND i / 10 % 3 = 1 THEN 'agent' || i / 30 % 200 END,
  CASE WHEN state = 'CLOSED' THEN 'omar' END, CASE WHEN state = 'CLOSED' THEN 'RESOLVED' END
FROM (
  SELECT k, i, state, ends,
    -- The message 24 hours before the end, but none is of the future.
    CASE WHEN ends < now() + interval '24 hours' THEN ends - interval '24 hours'
      ELSE now() - random() * interval '20 hours' END AS heard
  FROM (
    SELECT k, i, state, CASE WHEN state IN ('OPEN', 'BOT') THEN now() + interval '2 hours' + random() * interval 'SPREAD'
      ELSE now() - random() * interval '30 days' END AS ends
    FROM generate_series(0, TENANTS - 1) k CROSS JOIN generate_series(0::bigint, EACH - 1) i
    CROSS JOIN LATERAL (SELECT ('{OPEN,OPEN,OPEN,OPEN,BOT,EXPIRED,EXPIRED,EXPIRED,CLOSED,CLOSED}'
      ::conversation_state[])[1 + i % 10] AS state) s) windows) facts;

INSERT INTO events (revision, version, conversation_id, occurred_at, recorded_at, handler_epoch, event_type,
  to_state, actor_kind, handler_kind, out_of_turn, tenant_id, reason)
SELECT row_number() OVER (PARTITION BY tenant_id ORDER BY conversation_id), 1, conversation_id, create_time,
  create_time, 1, 'CREATED', announced_state, 'CUSTOMER', handler_kind, false, tenant_id, 'MESSAGE'
FROM conversations WHERE tenant_id LIKE 'PREFIX%';

INSERT INTO messages (tenant_id, message_id, conversation_id, occurred_at, inbound)
SELECT tenant_id, 'wamid.HBgM' || contact_id || 'FQIAEhgUM0E3'
    || upper(right(conversation_id::text, 12)), conversation_id, last_inbound_at, true
FROM conversations WHERE tenant_id LIKE 'PREFIX%';
