-- Makes a population one to write to: each conversation is open and with people.
UPDATE conversations SET handler_kind = 'HUMAN', announced_state = 'OPEN', closed_at = NULL, closed_by_kind = NULL,
  closed_by_id = NULL, close_reason = NULL, last_inbound_at = ends - interval '24 hours', window_expires_at = ends
FROM (SELECT tenant_id AS of_tenant, conversation_id AS id,
  CASE WHEN announced_state IN ('OPEN', 'BOT') THEN window_expires_at
    ELSE now() + interval '2 hours' + random() * interval '20 hours' END AS ends FROM conversations) w
WHERE tenant_id LIKE 'PREFIX%' AND of_tenant = tenant_id AND id = conversation_id;
DELETE FROM tab_counts WHERE tenant_id LIKE 'PREFIX%';
