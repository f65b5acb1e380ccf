-- A tenant in which EACH windows end as each of a few minutes begins, some hours ahead: an instant in
-- those minutes cuts one of them, and all its rows have ended before it and are counted one by one.
INSERT INTO tenants (tenant_id, revision) VALUES ('PREFIX000000', 0);

INSERT INTO conversations (conversation_id, version, last_inbound_at, window_expires_at, handler_since, create_time,
  update_time, handler_epoch, unanswered_templates, announced_state, handler_kind, tenant_id, channel_id, contact_id)
SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(minute * 1000000 + i), 12, '0'))::uuid, 1,
  ends - interval '24 hours', ends, now(), now(), now(), 1, 0, 'OPEN', 'HUMAN', 'PREFIX000000', 'main',
  minute || '-' || i
FROM generate_series(0::bigint, TENANTS - 1) minute CROSS JOIN generate_series(1::bigint, EACH) i
CROSS JOIN LATERAL (SELECT date_trunc('minute', now()) + interval '3 hours 0.1 seconds'
  + minute * interval '1 minute' AS ends) at;
