-- The least that could be called authorizing a send: the audit row, as large as the service's and with
-- the record of one of its decisions, whom it is about, and a counter of the contact, in one statement.
-- No tenant's row, so no exact caps; nothing is read, so no rule and no request that was made before.
\set i random(0, :conversations - 1)
WITH given AS MATERIALIZED (
    SELECT at, '966' || lpad((:i::bigint * 39916801 % 1000000000)::text, 9, '0') AS contact_id,
      -- In the order of time, as the service's ids are.
      (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7'
        || substr(gen_random_uuid()::text, 16))::uuid AS decision_id
    FROM clock_timestamp() AS at),
  decided AS (
    INSERT INTO decisions (tenant_id, decision_id, request_id, decided_at, verdict, violation_codes,
      conversation_id, conversation_version, policy_version, channel_id, sender_kind, sender_id, handler_epoch, kind,
      template_name, template_language, record)
    SELECT :tenant::text, decision_id, gen_random_uuid(), at, 'ALLOW', '{}',
      ('01900000-0000-7000-8000-' || lpad(to_hex(:i::bigint), 12, '0'))::uuid, 1, 1, 'main', 'AGENT', 'omar', 0,
      :kind::text, :template::text, :language::text, :record::text::json
    FROM given),
  about AS (
    INSERT INTO decision_people (tenant_id, decision_id, contact_id, reference_id, note, request_hash)
    SELECT :tenant::text, decision_id, contact_id, :reference::text, '', sha256(uuid_send(decision_id)) FROM given)
INSERT INTO contacts AS c (tenant_id, contact_id, channel_id, templates, rate_free_at)
SELECT :tenant::text, contact_id, 'main', '{}', at + interval '6 s' FROM given
ON CONFLICT (tenant_id, contact_id, channel_id) DO UPDATE
SET rate_free_at = greatest(c.rate_free_at, clock_timestamp()) + interval '6 s';
