-- GetSendContext: the statement of the service's store (store/read.rs), copied, with its parameters.
-- Copy it anew when the store's changes.
\set i random(0, :conversations - 1)
SELECT c.conversation_id, c.version, c.last_inbound_at, c.last_outbound_at, c.window_expires_at,
  c.window_closed_at, c.answered_until, c.waiting_since, c.handler_since, c.create_time, c.update_time,
  c.closed_at, c.handler_epoch, c.unanswered_templates, c.announced_state, c.handler_kind,
  c.closed_by_kind, c.channel_id, c.contact_id, c.contact_name, c.team_id, c.agent_id, c.closed_by_id,
  c.close_reason, c.collected, c.contact_aliases, at.as_of, seen.ids, seen.times FROM (SELECT
  coalesce(NULL::timestamptz, clock_timestamp()) AS as_of) at LEFT JOIN LATERAL (SELECT o.* FROM
  conversations o WHERE o.tenant_id = :tenant::text AND o.conversation_id = ('01900000-0000-7000-8000-'
  || lpad(to_hex(:i::bigint), 12, '0'))::uuid UNION ALL SELECT o.* FROM merged_conversations m JOIN
  conversations o ON o.tenant_id = m.tenant_id AND o.conversation_id = m.survivor_id WHERE m.tenant_id =
  :tenant::text AND m.conversation_id = ('01900000-0000-7000-8000-' || lpad(to_hex(:i::bigint), 12,
  '0'))::uuid LIMIT 1) c ON true LEFT JOIN LATERAL (SELECT array_agg(m.message_id) AS ids,
  array_agg(m.occurred_at) AS times FROM unnest(ARRAY['wamid.HBgM' || '966' || lpad((:i::bigint *
  39916801 % 1000000000)::text, 9, '0') || 'FQIAEhgUM0E3' || lpad(upper(to_hex(:i::bigint)), 12,
  '0')]::text[]) asked (id) CROSS JOIN LATERAL (SELECT * FROM messages f WHERE f.tenant_id = :tenant::text AND
  f.message_id = asked.id OFFSET 0) m WHERE m.inbound AND (m.conversation_id = c.conversation_id OR EXISTS (
  SELECT FROM merged_conversations g WHERE g.tenant_id = :tenant::text AND g.conversation_id =
  m.conversation_id AND g.survivor_id = c.conversation_id))) seen ON true;
