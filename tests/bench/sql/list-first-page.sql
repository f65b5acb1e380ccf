-- ListConversations, the first page of the OPEN tab: the statement of the service's store (store/list/sql.rs), copied, with its parameters.
-- Copy it anew when the store's changes. Without any \set pgbench logs some latencies as 0.
\set begun 1
WITH at AS MATERIALIZED (SELECT coalesce(NULL::timestamptz, clock_timestamp()) AS as_of, NULL::bigint AS
  within, NULL::timestamptz AS key, NULL::uuid AS id), late AS MATERIALIZED (SELECT l.* FROM at CROSS
  JOIN (SELECT t.channel_id FROM tab_counts t WHERE t.tenant_id = :tenant::text AND t.grain = 'TOTAL'
  AND t.bucket = 'epoch' AND (NULL::text[] IS NULL OR t.channel_id = ANY(NULL))) ch CROSS JOIN
  unnest('{OPEN,BOT}'::conversation_state[]) AS live (state) CROSS JOIN LATERAL ( SELECT * FROM
  conversations c WHERE c.tenant_id COLLATE "ucs_basic" = :tenant::text AND c.channel_id = ch.channel_id
  AND c.announced_state = live.state AND c.odd_window AND false OFFSET 0) l UNION ALL SELECT l.* FROM at
  CROSS JOIN (SELECT t.channel_id FROM tab_counts t WHERE t.tenant_id = :tenant::text AND t.grain =
  'TOTAL' AND t.bucket = 'epoch' AND (NULL::text[] IS NULL OR t.channel_id = ANY(NULL))) ch CROSS JOIN
  unnest('{OPEN,BOT}'::conversation_state[]) AS live (state) CROSS JOIN LATERAL ( SELECT * FROM
  conversations c WHERE c.tenant_id COLLATE "POSIX" = :tenant::text AND c.channel_id = ch.channel_id AND
  c.announced_state = live.state AND NOT c.odd_window AND false OFFSET 0) l), page AS (SELECT * FROM
  (SELECT c.* FROM conversations c WHERE false UNION ALL SELECT run.* FROM at CROSS JOIN (SELECT
  t.channel_id FROM tab_counts t WHERE t.tenant_id = :tenant::text AND t.grain = 'TOTAL' AND t.bucket =
  'epoch' AND (NULL::text[] IS NULL OR t.channel_id = ANY(NULL))) ch CROSS JOIN
  unnest('{f,t}'::boolean[]) AS odd (is_odd) CROSS JOIN LATERAL ( SELECT c.* FROM conversations c WHERE
  c.tenant_id COLLATE "POSIX" = :tenant::text AND c.channel_id = ch.channel_id AND c.announced_state =
  'OPEN' AND c.odd_window = odd.is_odd AND c.window_expires_at >= at.as_of AND true AND true AND
  c.last_inbound_at IS NOT NULL AND true ORDER BY c.last_inbound_at DESC, c.conversation_id DESC LIMIT
  51) run UNION ALL SELECT c.* FROM at CROSS JOIN late c WHERE true AND true AND true) p ORDER BY
  p.last_inbound_at DESC NULLS LAST, p.conversation_id DESC LIMIT 51) SELECT p.conversation_id,
  p.version, p.last_inbound_at, p.last_outbound_at, p.window_expires_at, p.window_closed_at,
  p.answered_until, p.waiting_since, p.handler_since, p.create_time, p.update_time, p.closed_at,
  p.handler_epoch, p.unanswered_templates, p.announced_state, p.handler_kind, p.closed_by_kind,
  p.channel_id, p.contact_id, p.contact_name, p.team_id, p.agent_id, p.closed_by_id, p.close_reason,
  p.collected, p.contact_aliases, at.as_of, coalesce((SELECT revision FROM tenants WHERE tenant_id =
  :tenant::text), 0) FROM at LEFT JOIN page p ON true ORDER BY p.last_inbound_at DESC NULLS LAST,
  p.conversation_id DESC;
