-- BatchGetSendContexts of one conversation: the statement of conversation-state's store
-- (store/contexts.rs), copied, with its parameters. Copy it anew when the store's changes.
\set i random(0, :conversations - 1)
SELECT (SELECT coalesce(NULL::timestamptz, clock_timestamp())), k.place, c.conversation_id,
  c.version, c.channel_id, c.contact_id, c.contact_aliases, c.closed_at IS NOT NULL,
  c.handler_kind, c.team_id, c.agent_id, c.handler_epoch, c.last_inbound_at,
  c.window_expires_at, seen.ids, seen.times
  FROM unnest(ARRAY[:tenant::text], ARRAY[NULL]::uuid[], ARRAY['main'],
    ARRAY['966' || lpad((:i::bigint * 39916801 % 1000000000)::text, 9, '0')], ARRAY[NULL]::text[]) WITH ORDINALITY
  AS k (tenant_id, conversation_id, channel_id, contact_id, messages, place)
  LEFT JOIN LATERAL (
    (SELECT o.* FROM conversations o WHERE o.tenant_id = k.tenant_id AND o.conversation_id = k.conversation_id
      UNION ALL SELECT o.* FROM merged_conversations m JOIN conversations o
        ON o.tenant_id = m.tenant_id AND o.conversation_id = m.survivor_id
      WHERE m.tenant_id = k.tenant_id AND m.conversation_id = k.conversation_id LIMIT 1)
    UNION ALL
    (SELECT o.* FROM conversations o WHERE o.tenant_id COLLATE "C" = k.tenant_id AND o.channel_id = k.channel_id
        AND o.contact_id = k.contact_id
      UNION ALL SELECT o.* FROM contact_aliases a JOIN conversations o
        ON o.tenant_id = a.tenant_id AND o.conversation_id = a.conversation_id
      WHERE a.tenant_id = k.tenant_id AND a.channel_id = k.channel_id AND a.contact_id = k.contact_id LIMIT 1)
    LIMIT 1) c ON true
  LEFT JOIN LATERAL (SELECT array_agg(m.message_id) AS ids, array_agg(m.occurred_at) AS times
    FROM unnest(string_to_array(k.messages, ' ')) asked (id) CROSS JOIN LATERAL (SELECT * FROM messages f
      WHERE f.tenant_id = k.tenant_id AND f.message_id = asked.id OFFSET 0) m
    WHERE m.inbound AND (m.conversation_id = c.conversation_id OR EXISTS (
      SELECT FROM merged_conversations g WHERE g.tenant_id = k.tenant_id
        AND g.conversation_id = m.conversation_id AND g.survivor_id = c.conversation_id))) seen ON true;
