-- What messaging-policy knows of a population's tenants: one account with one template, and a policy
-- under which nothing is refused for being repeated. The rules that would refuse it warn: they are
-- judged, what they count is read, and what is sent is counted.
INSERT INTO tenants (tenant_id, settings_version)
SELECT 'PREFIX' || lpad(k::text, 6, '0'), 1 FROM generate_series(0, TENANTS - 1) k;

INSERT INTO policies (tenant_id, version, policy, create_time)
SELECT tenant_id, 1, '{"rules": {"PAIR_RATE_LIMIT": {"mode": "WARN"}, "CONTACT_COOLDOWN": {"mode": "WARN"},
  "CONTACT_FREQUENCY_CAP": {"mode": "WARN"}}}', now()
FROM tenants WHERE tenant_id LIKE 'PREFIX%';

INSERT INTO templates (tenant_id, waba_id, name, language_key, language, template_id, category, status, quality,
  rejected_reason, next_category, components, create_time, update_time)
SELECT tenant_id, 'account', 'order_update', 'en_us', 'en_US', '1001', 'UTILITY', 'APPROVED', 'GREEN', '', '',
  '{"message": {"body": {"POSITIONAL": 2}}}', now(), now()
FROM tenants WHERE tenant_id LIKE 'PREFIX%';
