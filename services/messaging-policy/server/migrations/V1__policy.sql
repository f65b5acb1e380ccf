-- The schema of messaging-policy. tenant_id leads every key; nothing is shared between tenants, so
-- that a distributed engine can keep each tenant's rows together.
--
-- What a contact could be known by (contact_id, notes, references) lies in contacts, consents,
-- note_uses, portfolio_contacts and decision_people, and nowhere else: decisions outlive it.
--
-- Indexes of one table that begin with the tenant are told apart by that column's collation, which
-- orders ids alike whichever it is: a condition fits only the index that it is written for.

CREATE TYPE verdict AS ENUM ('ALLOW', 'DENY');
CREATE TYPE actor_kind AS ENUM ('AGENT', 'BOT', 'SYSTEM', 'CUSTOMER');
CREATE TYPE template_category AS ENUM ('UTILITY', 'MARKETING', 'AUTHENTICATION');
CREATE TYPE consent_state AS ENUM ('OPTED_IN', 'OPTED_OUT');

-- One row for each tenant that ever wrote. Every write locks the rows of its batch's tenants first,
-- in order: that serialises a tenant's decisions over all replicas, which is what makes caps exact.
CREATE TABLE tenants (
    tenant_id        text   PRIMARY KEY,
    settings_version bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
COMMENT ON COLUMN tenants.tenant_id IS 'The tenant.';
COMMENT ON COLUMN tenants.settings_version IS
    'Grows with each change of the tenant''s policy, templates, senders and accounts; 0: there are '
    'none. Tells replicas whether what they remember of them is current.';

CREATE TABLE policies (
    tenant_id   text        NOT NULL,
    version     bigint      NOT NULL,
    policy      jsonb       NOT NULL,
    create_time timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, version)
);
COMMENT ON TABLE policies IS 'Every version of each tenant''s policy; the greatest one holds.';
COMMENT ON COLUMN policies.tenant_id IS 'The tenant.';
COMMENT ON COLUMN policies.version IS 'From 1, without gaps; 0 are the defaults, which have no row.';
COMMENT ON COLUMN policies.policy IS 'What differs from the defaults, by the rules'' codes.';
COMMENT ON COLUMN policies.create_time IS 'Since when it held.';

CREATE TABLE templates (
    tenant_id           text        NOT NULL,
    waba_id             text        NOT NULL,
    name                text        NOT NULL,
    language_key        text        NOT NULL,
    language            text        NOT NULL,
    template_id         text        NOT NULL,
    category            text        NOT NULL,
    status              text        NOT NULL,
    quality             text        NOT NULL,
    rejected_reason     text        NOT NULL,
    next_category       text        NOT NULL,
    category_changes_at timestamptz,
    components          jsonb       NOT NULL,
    create_time         timestamptz NOT NULL,
    update_time         timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, waba_id, name, language_key)
);
COMMENT ON TABLE templates IS 'The templates of the tenants'' accounts, as the platform last told.';
COMMENT ON COLUMN templates.tenant_id IS 'The tenant.';
COMMENT ON COLUMN templates.waba_id IS 'The account.';
COMMENT ON COLUMN templates.name IS 'The template''s name.';
COMMENT ON COLUMN templates.language_key IS 'Its language in one spelling: en-US and en_US are one.';
COMMENT ON COLUMN templates.language IS 'Its language as the platform spells it.';
COMMENT ON COLUMN templates.template_id IS 'The platform''s id; empty: not told.';
COMMENT ON COLUMN templates.category IS 'As the platform says it, known or not.';
COMMENT ON COLUMN templates.status IS 'As the platform says it, known or not; GONE: not listed any more.';
COMMENT ON COLUMN templates.quality IS 'As the platform says it; empty: not told.';
COMMENT ON COLUMN templates.rejected_reason IS 'Empty: none.';
COMMENT ON COLUMN templates.next_category IS 'The category that was announced; empty: none.';
COMMENT ON COLUMN templates.category_changes_at IS 'When it changes.';
COMMENT ON COLUMN templates.components IS 'What the approved components require of a send.';
COMMENT ON COLUMN templates.create_time IS 'When it was first imported.';
COMMENT ON COLUMN templates.update_time IS 'When it last changed.';

CREATE TABLE accounts (
    tenant_id    text NOT NULL,
    waba_id      text NOT NULL,
    portfolio_id text NOT NULL,
    PRIMARY KEY (tenant_id, waba_id)
);
COMMENT ON TABLE accounts IS 'Which portfolio an account belongs to.';
COMMENT ON COLUMN accounts.tenant_id IS 'The tenant.';
COMMENT ON COLUMN accounts.waba_id IS 'The account.';
COMMENT ON COLUMN accounts.portfolio_id IS 'Its portfolio.';

CREATE TABLE senders (
    tenant_id          text        NOT NULL,
    channel_id         text        NOT NULL,
    waba_id            text        NOT NULL,
    quality            text        NOT NULL,
    status             text        NOT NULL,
    is_restricted      boolean     NOT NULL,
    restriction_reason text        NOT NULL,
    restricted_until   timestamptz,
    update_time        timestamptz NOT NULL,
    version            bigint      NOT NULL,
    PRIMARY KEY (tenant_id, channel_id)
);
COMMENT ON TABLE senders IS 'The numbers of which something is known.';
COMMENT ON COLUMN senders.tenant_id IS 'The tenant.';
COMMENT ON COLUMN senders.channel_id IS 'The platform''s phone_number_id.';
COMMENT ON COLUMN senders.waba_id IS 'Its account; empty: not known.';
COMMENT ON COLUMN senders.quality IS 'GREEN, YELLOW, RED or UNKNOWN.';
COMMENT ON COLUMN senders.status IS 'CONNECTED, FLAGGED, RESTRICTED, DISCONNECTED, BANNED or UNKNOWN.';
COMMENT ON COLUMN senders.is_restricted IS 'Whether something else keeps it from sending.';
COMMENT ON COLUMN senders.restriction_reason IS 'Why; may be empty.';
COMMENT ON COLUMN senders.restricted_until IS 'When that ends; null: when it is lifted.';
COMMENT ON COLUMN senders.update_time IS 'When it was last changed.';
COMMENT ON COLUMN senders.version IS
    'Grows by one with each change, also of its account''s portfolio and that one''s limit; the etag.';

CREATE TABLE portfolios (
    tenant_id     text        NOT NULL,
    portfolio_id  text        NOT NULL,
    contact_limit bigint,
    is_unlimited  boolean     NOT NULL DEFAULT false,
    reached       bigint      NOT NULL DEFAULT 0,
    reached_since timestamptz NOT NULL DEFAULT '-infinity',
    PRIMARY KEY (tenant_id, portfolio_id)
);
COMMENT ON TABLE portfolios IS
    'The portfolios, with how many contacts each reached lately. The empty id is that of the numbers '
    'whose portfolio nobody knows.';
COMMENT ON COLUMN portfolios.tenant_id IS 'The tenant.';
COMMENT ON COLUMN portfolios.portfolio_id IS 'The portfolio.';
COMMENT ON COLUMN portfolios.contact_limit IS 'How many contacts within 24 hours; null: not known.';
COMMENT ON COLUMN portfolios.is_unlimited IS 'There is no limit.';
COMMENT ON COLUMN portfolios.reached IS
    'How many of its contacts were last reached after reached_since. What has left the 24 hours '
    'since then is subtracted when it is read.';
COMMENT ON COLUMN portfolios.reached_since IS 'See reached.';

CREATE TABLE portfolio_contacts (
    tenant_id    text        NOT NULL,
    contact_id   text        NOT NULL,
    portfolio_id text        NOT NULL,
    reached_at   timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, contact_id, portfolio_id)
);
CREATE INDEX portfolio_contacts_by_time
    ON portfolio_contacts (tenant_id COLLATE "POSIX", portfolio_id, reached_at);
COMMENT ON TABLE portfolio_contacts IS
    'Whom a portfolio reached outside the window, each person under one id.';
COMMENT ON COLUMN portfolio_contacts.tenant_id IS 'The tenant.';
COMMENT ON COLUMN portfolio_contacts.contact_id IS 'The person, by one id.';
COMMENT ON COLUMN portfolio_contacts.portfolio_id IS 'The portfolio.';
COMMENT ON COLUMN portfolio_contacts.reached_at IS 'When last.';

-- A template that was sent, or may be at any moment: a reservation.
CREATE TYPE sent_template_v1 AS (
    decision_id uuid,
    sent_at     timestamptz,
    category    template_category,
    fingerprint bigint
);

CREATE TABLE contacts (
    tenant_id    text               NOT NULL,
    contact_id   text               NOT NULL,
    channel_id   text               NOT NULL,
    templates    sent_template_v1[] NOT NULL,
    rate_free_at timestamptz        NOT NULL,
    PRIMARY KEY (tenant_id, contact_id, channel_id)
) WITH (fillfactor = 80);
COMMENT ON TABLE contacts IS
    'What was sent to each contact id from each channel, as far as rules ask: bounded, rewritten with '
    'each reservation.';
COMMENT ON COLUMN contacts.tenant_id IS 'The tenant.';
COMMENT ON COLUMN contacts.contact_id IS 'One of the person''s ids.';
COMMENT ON COLUMN contacts.channel_id IS 'The channel.';
COMMENT ON COLUMN contacts.templates IS 'The templates that count, oldest first.';
COMMENT ON COLUMN contacts.rate_free_at IS
    'When nothing of what was sent counts for the rate any more.';

CREATE TABLE consents (
    tenant_id   text          NOT NULL,
    contact_id  text          NOT NULL,
    state       consent_state NOT NULL,
    source      text          NOT NULL,
    occurred_at timestamptz   NOT NULL,
    update_time timestamptz   NOT NULL,
    PRIMARY KEY (tenant_id, contact_id)
);
COMMENT ON TABLE consents IS 'What contacts last said of marketing.';
COMMENT ON COLUMN consents.tenant_id IS 'The tenant.';
COMMENT ON COLUMN consents.contact_id IS 'One of the person''s ids.';
COMMENT ON COLUMN consents.state IS 'What the contact wants.';
COMMENT ON COLUMN consents.source IS 'Where that is known from; may be empty.';
COMMENT ON COLUMN consents.occurred_at IS 'When the contact said so.';
COMMENT ON COLUMN consents.update_time IS 'When it was recorded.';

CREATE TABLE note_uses (
    tenant_id  text        NOT NULL,
    note       bytea       NOT NULL,
    contact_id text        NOT NULL,
    used_at    timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, note, contact_id)
);
CREATE INDEX note_uses_by_time ON note_uses (tenant_id COLLATE "POSIX", note, used_at);
COMMENT ON TABLE note_uses IS 'For whom each note was used to justify a template.';
COMMENT ON COLUMN note_uses.tenant_id IS 'The tenant.';
COMMENT ON COLUMN note_uses.note IS 'A digest of the note in one spelling.';
COMMENT ON COLUMN note_uses.contact_id IS 'The contact, by one id.';
COMMENT ON COLUMN note_uses.used_at IS 'When last.';

CREATE TABLE decisions (
    decision_id          uuid        NOT NULL,
    request_id           uuid        NOT NULL,
    decided_at           timestamptz NOT NULL,
    conversation_id      uuid,
    conversation_version bigint      NOT NULL,
    policy_version       bigint      NOT NULL,
    handler_epoch        bigint      NOT NULL,
    verdict              verdict     NOT NULL,
    sender_kind          actor_kind  NOT NULL,
    tenant_id            text        NOT NULL,
    channel_id           text        NOT NULL,
    sender_id            text        NOT NULL,
    kind                 text        NOT NULL,
    template_name        text        NOT NULL,
    template_language    text        NOT NULL,
    violation_codes      text[]      NOT NULL,
    record               json        NOT NULL,
    PRIMARY KEY (tenant_id, decision_id)
);
-- Not unique: ids are remembered for 8 days, decisions for longer. The tenant's lock keeps them apart.
CREATE INDEX decisions_by_request ON decisions (tenant_id COLLATE "C", request_id, decision_id);
CREATE INDEX decisions_by_conversation
    ON decisions (tenant_id COLLATE "POSIX", conversation_id, decision_id)
    WHERE conversation_id IS NOT NULL;
COMMENT ON TABLE decisions IS 'What was decided and on what; never changed.';
COMMENT ON COLUMN decisions.tenant_id IS 'The tenant.';
COMMENT ON COLUMN decisions.decision_id IS 'A UUIDv7 of decided_at: ids are in the order of time.';
COMMENT ON COLUMN decisions.request_id IS 'The caller''s id of the send.';
COMMENT ON COLUMN decisions.decided_at IS 'The time of its batch.';
COMMENT ON COLUMN decisions.verdict IS 'Whether it may go.';
COMMENT ON COLUMN decisions.violation_codes IS 'The rules that refused it.';
COMMENT ON COLUMN decisions.conversation_id IS 'The conversation; null: the contact had none.';
COMMENT ON COLUMN decisions.conversation_version IS 'Its version then; 0: it had none.';
COMMENT ON COLUMN decisions.policy_version IS 'The policy that it was decided by; 0: the defaults.';
COMMENT ON COLUMN decisions.channel_id IS 'The channel.';
COMMENT ON COLUMN decisions.sender_kind IS 'Who sends.';
COMMENT ON COLUMN decisions.sender_id IS 'Which one; may be empty.';
COMMENT ON COLUMN decisions.handler_epoch IS 'The epoch that the sender named; 0: none.';
COMMENT ON COLUMN decisions.kind IS 'The platform''s name of the message''s type.';
COMMENT ON COLUMN decisions.template_name IS 'The template; empty: it is none.';
COMMENT ON COLUMN decisions.template_language IS 'Its language, as asked; empty: it is none.';
COMMENT ON COLUMN decisions.record IS
    'The send and the facts, as the rules saw them, and what they said. Nothing personal.';

CREATE TABLE decision_people (
    tenant_id    text NOT NULL,
    decision_id  uuid NOT NULL,
    contact_id   text NOT NULL,
    reference_id text NOT NULL,
    note         text NOT NULL,
    request_hash bytea NOT NULL,
    PRIMARY KEY (tenant_id, decision_id)
);
COMMENT ON TABLE decision_people IS 'Whom decisions are about, and what senders wrote of them.';
COMMENT ON COLUMN decision_people.tenant_id IS 'The tenant.';
COMMENT ON COLUMN decision_people.decision_id IS 'The decision.';
COMMENT ON COLUMN decision_people.contact_id IS 'The contact, by the id that it is kept under.';
COMMENT ON COLUMN decision_people.reference_id IS 'What the justification refers to; may be empty.';
COMMENT ON COLUMN decision_people.note IS 'The justification''s note; may be empty.';
COMMENT ON COLUMN decision_people.request_hash IS
    'A digest of what was asked under the request''s id: the contact could be guessed from it.';

-- What a batch writes, one type for each table. A changed shape gets a new name, so that programs of
-- two versions write side by side.
CREATE TYPE decision_write_v1 AS (
    tenant_id text, decision_id uuid, request_id uuid, request_hash bytea, decided_at timestamptz,
    verdict verdict, violation_codes text[], conversation_id uuid, conversation_version bigint,
    policy_version bigint, channel_id text, sender_kind actor_kind, sender_id text,
    handler_epoch bigint, kind text, template_name text, template_language text, record json,
    contact_id text, reference_id text, note text);
CREATE TYPE contact_write_v1 AS (
    tenant_id text, contact_id text, channel_id text, templates sent_template_v1[],
    rate_free_at timestamptz);
CREATE TYPE portfolio_write_v1 AS (
    tenant_id text, portfolio_id text, reached bigint, reached_since timestamptz);
CREATE TYPE reached_write_v1 AS (
    tenant_id text, contact_id text, portfolio_id text, reached_at timestamptz);
CREATE TYPE note_write_v1 AS (
    tenant_id text, note bytea, contact_id text, used_at timestamptz);
CREATE TYPE template_write_v1 AS (
    waba_id text, name text, language_key text, language text, template_id text, category text,
    status text, quality text, rejected_reason text, next_category text,
    category_changes_at timestamptz, components jsonb, create_time timestamptz,
    update_time timestamptz);
CREATE TYPE sender_write_v1 AS (
    channel_id text, waba_id text, quality text, status text, is_restricted boolean,
    restriction_reason text, restricted_until timestamptz, update_time timestamptz, version bigint);
