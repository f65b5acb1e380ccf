-- CheckSend of a free-form message: the statements of messaging-policy's store (store/tenants.rs,
-- store/contacts.rs), copied, with their parameters, sent at once. Copy them anew when the store's change.
\set i random(0, :conversations - 1)
\startpipeline
SELECT coalesce(NULL::timestamptz, clock_timestamp()), k, t.settings_version
  FROM unnest(ARRAY[:tenant::text]) k LEFT JOIN LATERAL (SELECT * FROM tenants f WHERE f.tenant_id = k
    OFFSET 0) t ON true;
SELECT c.tenant_id, c.contact_id, c.channel_id, c.rate_free_at, c.templates
  FROM unnest(ARRAY[:tenant::text], ARRAY['966' || lpad((:i::bigint * 39916801 % 1000000000)::text, 9, '0')])
    AS k (tenant_id, contact_id)
  CROSS JOIN LATERAL (SELECT * FROM contacts f WHERE f.tenant_id = k.tenant_id
    AND f.contact_id = k.contact_id OFFSET 0) c;
\endpipeline
