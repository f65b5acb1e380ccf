-- AuthorizeSend of a free-form message, alone in its batch: the statements of messaging-policy's store
-- (store/tenants.rs, contacts.rs, decisions.rs, batch/rows.rs), copied, in its two round trips, with a
-- record that the service wrote. Copy them anew when the store's change.
\set i random(0, :conversations - 1)
\set request random(1, 9223372036854775806)
\startpipeline
BEGIN ISOLATION LEVEL READ COMMITTED;
WITH locked AS MATERIALIZED (
    SELECT tenant_id, settings_version FROM tenants
    WHERE tenant_id = ANY(ARRAY[:tenant::text]) ORDER BY tenant_id FOR UPDATE)
  SELECT coalesce(NULL::timestamptz, clock_timestamp()), l.tenant_id, l.settings_version
  FROM (VALUES (1)) one LEFT JOIN locked l ON true;
SELECT c.tenant_id, c.contact_id, c.channel_id, c.rate_free_at, c.templates
  FROM unnest(ARRAY[:tenant::text], ARRAY['966' || lpad((:i::bigint * 39916801 % 1000000000)::text, 9, '0')])
    AS k (tenant_id, contact_id)
  CROSS JOIN LATERAL (SELECT * FROM contacts f WHERE f.tenant_id = k.tenant_id
    AND f.contact_id = k.contact_id OFFSET 0) c;
SELECT d.decision_id, d.tenant_id, d.decided_at, d.verdict, d.conversation_id,
  d.conversation_version, d.policy_version, d.channel_id, d.sender_kind, d.sender_id, d.kind,
  d.record, p.contact_id, p.reference_id, p.note, d.request_id, p.request_hash
  FROM unnest(ARRAY[:tenant::text], ARRAY[lpad(to_hex(:request::bigint), 32, '0')::uuid]) AS k (tenant_id, request_id)
  CROSS JOIN LATERAL (SELECT * FROM decisions f WHERE f.tenant_id COLLATE "C" = k.tenant_id
    AND f.request_id = k.request_id ORDER BY f.decision_id DESC LIMIT 1) d
  LEFT JOIN decision_people p ON p.tenant_id = d.tenant_id AND p.decision_id = d.decision_id
  WHERE d.decided_at >= coalesce(NULL::timestamptz, now()) - interval '8 days';
\endpipeline
\startpipeline
WITH given AS MATERIALIZED (
    SELECT ARRAY[ROW(:tenant::text, (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7'
        || substr(gen_random_uuid()::text, 16))::uuid, lpad(to_hex(:request::bigint), 32, '0')::uuid,
        sha256(int8send(:request::bigint)), at, 'ALLOW', '{}', ('01900000-0000-7000-8000-'
        || lpad(to_hex(:i::bigint), 12, '0'))::uuid, 1, 1, 'main', 'AGENT', 'omar', 0, :kind::text, '', '',
        :record::text::json, id, '', '')::decision_write_v1] AS decisions,
      ARRAY[ROW(:tenant::text, id, 'main', '{}', at + interval '6 s')::contact_write_v1] AS contacts
    FROM clock_timestamp() AS at,
      (SELECT '966' || lpad((:i::bigint * 39916801 % 1000000000)::text, 9, '0') AS id) contact),
  decided AS (
    INSERT INTO decisions (tenant_id, decision_id, request_id, decided_at, verdict, violation_codes,
      conversation_id, conversation_version, policy_version, channel_id, sender_kind, sender_id, handler_epoch, kind,
      template_name, template_language, record)
    SELECT tenant_id, decision_id, request_id, decided_at, verdict, violation_codes, conversation_id,
      conversation_version, policy_version, channel_id, sender_kind, sender_id, handler_epoch, kind, template_name,
      template_language, record
    FROM given, unnest(given.decisions)),
  about AS (
    INSERT INTO decision_people (tenant_id, decision_id, contact_id, reference_id, note, request_hash)
    SELECT tenant_id, decision_id, contact_id, reference_id, note, request_hash FROM given, unnest(given.decisions)),
  taken AS (
    INSERT INTO contacts (tenant_id, contact_id, channel_id, templates, rate_free_at)
    SELECT tenant_id, contact_id, channel_id, templates, rate_free_at FROM given, unnest(given.contacts)
    ON CONFLICT (tenant_id, contact_id, channel_id) DO UPDATE
    SET templates = excluded.templates, rate_free_at = excluded.rate_free_at)
SELECT;
COMMIT;
\endpipeline
