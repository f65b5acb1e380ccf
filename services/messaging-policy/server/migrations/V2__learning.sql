-- What is learned after a decision: outcomes, webhooks, consents, permits, and what erasure needs.

-- Outcomes.

CREATE TYPE outcome_kind AS ENUM ('SENT', 'FAILED', 'ABANDONED');

CREATE TABLE outcomes (
    tenant_id     text         NOT NULL,
    decision_id   uuid         NOT NULL,
    kind          outcome_kind NOT NULL,
    message_id    text         NOT NULL,
    sent_at       timestamptz,
    told_sent_at  timestamptz,
    error_code    integer      NOT NULL,
    error_message text         NOT NULL,
    report_time   timestamptz  NOT NULL,
    PRIMARY KEY (tenant_id, decision_id)
);
CREATE INDEX outcomes_by_message ON outcomes (tenant_id COLLATE "C", message_id)
    WHERE message_id <> '';
COMMENT ON TABLE outcomes IS 'What became of sends that were allowed.';
COMMENT ON COLUMN outcomes.tenant_id IS 'The tenant.';
COMMENT ON COLUMN outcomes.decision_id IS 'The decision that allowed it.';
COMMENT ON COLUMN outcomes.kind IS 'What was reported last; FAILED after SENT keeps message_id and sent_at.';
COMMENT ON COLUMN outcomes.message_id IS 'The platform''s id of the message; empty: never sent, or erased.';
COMMENT ON COLUMN outcomes.sent_at IS 'When it was sent; null: never.';
COMMENT ON COLUMN outcomes.told_sent_at IS
    'The same as it was reported, which may be ahead of the database: by it a report is known again.';
COMMENT ON COLUMN outcomes.error_code IS
    'The platform''s code; 0: it did not fail, or nobody knows why.';
COMMENT ON COLUMN outcomes.error_message IS 'What the platform said; may be empty, or erased.';
COMMENT ON COLUMN outcomes.report_time IS 'When it was recorded.';

CREATE TABLE waiting_failures (
    tenant_id     text        NOT NULL,
    message_id    text        NOT NULL,
    contact_id    text        NOT NULL,
    error_code    integer     NOT NULL,
    error_message text        NOT NULL,
    failed_at     timestamptz NOT NULL,
    record_time   timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, message_id)
);
CREATE INDEX waiting_failures_by_contact ON waiting_failures (tenant_id COLLATE "C", contact_id);
CREATE INDEX waiting_failures_by_time ON waiting_failures (record_time);
COMMENT ON TABLE waiting_failures IS
    'Messages that failed before anybody reported that they were sent.';
COMMENT ON COLUMN waiting_failures.tenant_id IS 'The tenant.';
COMMENT ON COLUMN waiting_failures.message_id IS 'The platform''s id of the message.';
COMMENT ON COLUMN waiting_failures.contact_id IS 'Whom it was for; empty: not told.';
COMMENT ON COLUMN waiting_failures.error_code IS 'The platform''s code.';
COMMENT ON COLUMN waiting_failures.error_message IS 'What the platform said; may be empty.';
COMMENT ON COLUMN waiting_failures.failed_at IS 'When it failed, by the platform.';
COMMENT ON COLUMN waiting_failures.record_time IS 'When it was recorded.';

CREATE TYPE outcome_write_v1 AS (
    tenant_id text, decision_id uuid, kind outcome_kind, message_id text, sent_at timestamptz,
    told_sent_at timestamptz, error_code integer, error_message text, report_time timestamptz);
CREATE TYPE waiting_write_v1 AS (
    tenant_id text, message_id text, contact_id text, error_code integer, error_message text,
    failed_at timestamptz, record_time timestamptz);

CREATE TYPE outbox_kind AS ENUM ('OUTBOUND', 'WINDOW_CLOSED');

CREATE TABLE outbox (
    tenant_id       text        NOT NULL,
    decision_id     uuid        NOT NULL,
    kind            outbox_kind NOT NULL,
    due_at          timestamptz NOT NULL,
    tries           integer     NOT NULL,
    conversation_id uuid,
    channel_id      text        NOT NULL,
    contact_id      text        NOT NULL,
    message_id      text        NOT NULL,
    occurred_at     timestamptz NOT NULL,
    sender_kind     actor_kind  NOT NULL,
    sender_id       text        NOT NULL,
    template_name   text        NOT NULL,
    handler_epoch   bigint      NOT NULL,
    PRIMARY KEY (tenant_id, decision_id, kind)
)
-- Its rows come and go, and what is gone lies at the very end that is looked at.
WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
CREATE INDEX outbox_by_due ON outbox (due_at);
CREATE INDEX outbox_by_contact ON outbox (tenant_id COLLATE "C", contact_id);
COMMENT ON TABLE outbox IS 'What conversation-state is still to be told; a row goes once it was.';
COMMENT ON COLUMN outbox.tenant_id IS 'The tenant.';
COMMENT ON COLUMN outbox.decision_id IS 'The decision that it is about.';
COMMENT ON COLUMN outbox.kind IS 'A message was sent, or the platform said that the window is closed.';
COMMENT ON COLUMN outbox.due_at IS 'When to tell it (again); a replica that is about to moves it on.';
COMMENT ON COLUMN outbox.tries IS 'How often it was tried.';
COMMENT ON COLUMN outbox.conversation_id IS 'The conversation; null: the contact had none.';
COMMENT ON COLUMN outbox.channel_id IS 'The channel.';
COMMENT ON COLUMN outbox.contact_id IS 'The contact.';
COMMENT ON COLUMN outbox.message_id IS 'The platform''s id of the message, or the decision''s where it has none.';
COMMENT ON COLUMN outbox.occurred_at IS 'When it was sent.';
COMMENT ON COLUMN outbox.sender_kind IS 'Who sent it.';
COMMENT ON COLUMN outbox.sender_id IS 'Which one; may be empty.';
COMMENT ON COLUMN outbox.template_name IS 'The template; empty: it is none.';
COMMENT ON COLUMN outbox.handler_epoch IS 'The epoch that the sender named; 0: none.';

CREATE TYPE outbox_write_v1 AS (
    tenant_id text, decision_id uuid, kind text, due_at timestamptz, conversation_id uuid,
    channel_id text, contact_id text, message_id text, occurred_at timestamptz,
    sender_kind actor_kind, sender_id text, template_name text, handler_epoch bigint);

-- What is given back must be found again: who reserved it is told beside what counts.

CREATE TYPE returned_slot_v1 AS (
    starts_at timestamptz, amount bigint, returned_at timestamptz, matters_until timestamptz);

ALTER TABLE contacts ADD COLUMN rate_returned returned_slot_v1[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN contacts.rate_returned IS
    'What was given back of the rate since it was last free, in microseconds: whoever was behind it '
    'has moved up.';
ALTER TABLE contacts ADD COLUMN rate_filled_at timestamptz;
COMMENT ON COLUMN contacts.rate_filled_at IS
    'When the platform last said that the rate is full; null: not since it was last free. What was '
    'taken before gives nothing back.';

CREATE TYPE contact_write_v2 AS (
    tenant_id text, contact_id text, channel_id text, templates sent_template_v1[],
    rate_free_at timestamptz, rate_returned returned_slot_v1[], rate_filled_at timestamptz);

CREATE TYPE reservation_v1 AS (decision_id uuid, reserved_at timestamptz);

ALTER TABLE portfolio_contacts ADD COLUMN reservations reservation_v1[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN portfolio_contacts.reservations IS
    'The decisions within a day that reached the contact, oldest first, bounded; the last one is '
    'what reached_at tells.';

ALTER TABLE note_uses ADD COLUMN reservations reservation_v1[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN note_uses.reservations IS
    'The decisions within a day that used it for the contact, oldest first, bounded; the last one '
    'is what used_at tells.';

CREATE TYPE reached_write_v2 AS (
    tenant_id text, contact_id text, portfolio_id text, reached_at timestamptz,
    reservations reservation_v1[]);
CREATE TYPE note_write_v2 AS (
    tenant_id text, note bytea, contact_id text, used_at timestamptz,
    reservations reservation_v1[]);

-- People: what they said of marketing, and by which ids they are known.

ALTER TABLE consents ALTER COLUMN state DROP NOT NULL;
ALTER TABLE consents ALTER COLUMN occurred_at DROP NOT NULL;
ALTER TABLE consents ADD COLUMN suppressed_until timestamptz;
COMMENT ON COLUMN consents.state IS 'What the contact wants; null: nothing was said.';
COMMENT ON COLUMN consents.occurred_at IS 'When the contact said so; null: nothing was said.';
COMMENT ON COLUMN consents.suppressed_until IS
    'Until when the platform takes no marketing for the contact; null: it does.';

CREATE TABLE consent_changes (
    tenant_id   text          NOT NULL,
    contact_id  text          NOT NULL,
    occurred_at timestamptz   NOT NULL,
    state       consent_state NOT NULL,
    source      text          NOT NULL,
    record_time timestamptz   NOT NULL,
    PRIMARY KEY (tenant_id, contact_id, occurred_at, state)
);
CREATE INDEX consent_changes_by_time ON consent_changes (record_time);
COMMENT ON TABLE consent_changes IS 'All that contacts said of marketing, also what came too late.';
COMMENT ON COLUMN consent_changes.tenant_id IS 'The tenant.';
COMMENT ON COLUMN consent_changes.contact_id IS 'One of the person''s ids.';
COMMENT ON COLUMN consent_changes.occurred_at IS 'When the contact said so.';
COMMENT ON COLUMN consent_changes.state IS 'What the contact wanted.';
COMMENT ON COLUMN consent_changes.source IS 'Where that is known from; may be empty.';
COMMENT ON COLUMN consent_changes.record_time IS 'When it was recorded.';

CREATE TABLE contact_aliases (
    tenant_id  text NOT NULL,
    contact_id text NOT NULL,
    main_id    text NOT NULL,
    PRIMARY KEY (tenant_id, contact_id)
);
CREATE INDEX contact_aliases_by_main ON contact_aliases (tenant_id COLLATE "C", main_id);
COMMENT ON TABLE contact_aliases IS
    'Ids that were told together with another one, as one person''s: so that what is kept under '
    'each is found. Which ids a send is for is asked of conversation-state.';
COMMENT ON COLUMN contact_aliases.tenant_id IS 'The tenant.';
COMMENT ON COLUMN contact_aliases.contact_id IS 'A further id of a person.';
COMMENT ON COLUMN contact_aliases.main_id IS 'The id that the person is kept under.';

CREATE TYPE alias_write_v1 AS (tenant_id text, contact_id text, main_id text);

-- Decisions: what permits say, and whom to find when a contact is erased.

ALTER TABLE decision_people ADD COLUMN body_hash bytea;
ALTER TABLE decision_people ADD COLUMN permit_key text NOT NULL DEFAULT '';
CREATE INDEX decision_people_by_contact ON decision_people (tenant_id COLLATE "C", contact_id);
COMMENT ON COLUMN decision_people.body_hash IS 'SHA-256 of the body that was to be posted; null: none.';
COMMENT ON COLUMN decision_people.permit_key IS 'The id of the key of its permit; empty: no permit.';

CREATE TYPE decision_write_v2 AS (
    tenant_id text, decision_id uuid, request_id uuid, request_hash bytea, decided_at timestamptz,
    verdict verdict, violation_codes text[], conversation_id uuid, conversation_version bigint,
    policy_version bigint, channel_id text, sender_kind actor_kind, sender_id text,
    handler_epoch bigint, kind text, template_name text, template_language text, record json,
    contact_id text, reference_id text, note text, body_hash bytea, permit_key text);

-- Settings: what webhooks told last of each subject, and what they tell beyond what was there.

CREATE TABLE learned (
    tenant_id text        NOT NULL,
    subject   text        NOT NULL,
    told_at   timestamptz NOT NULL,
    digests   bytea[]     NOT NULL,
    fact      json        NOT NULL,
    PRIMARY KEY (tenant_id, subject)
);
-- Which accounts share a limit is asked of what is known of them: so all limits are read together.
CREATE INDEX learned_limits ON learned (tenant_id) WHERE starts_with(subject, 'limit/');
COMMENT ON TABLE learned IS
    'What the platform last told of each subject: so that late webhooks do not undo newer ones, and '
    'for what is not known yet.';
COMMENT ON COLUMN learned.tenant_id IS 'The tenant.';
COMMENT ON COLUMN learned.subject IS 'What it is about: the status of a template, the limit of a portfolio. Of the restriction of a '
    'number it is what people set: what failed before that restricts it no more.';
COMMENT ON COLUMN learned.told_at IS 'When the platform told it; what did not say when: when it came.';
COMMENT ON COLUMN learned.digests IS 'Digests of all that was told at that instant, the last one last.';
COMMENT ON COLUMN learned.fact IS 'What was told.';
CREATE TYPE learned_write_v1 AS (subject text, told_at timestamptz, digests bytea[], fact json);

ALTER TABLE templates ADD COLUMN import_needed boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN templates.import_needed IS 'The platform has another one than this.';
CREATE TYPE template_write_v2 AS (
    waba_id text, name text, language_key text, language text, template_id text, category text,
    status text, quality text, rejected_reason text, next_category text,
    category_changes_at timestamptz, components jsonb, create_time timestamptz,
    update_time timestamptz, import_needed boolean);

ALTER TABLE senders ADD COLUMN display_phone_number text NOT NULL DEFAULT '';
COMMENT ON COLUMN senders.display_phone_number IS 'The number as people write it; empty: not known.';
CREATE TYPE sender_write_v2 AS (
    channel_id text, waba_id text, quality text, status text, is_restricted boolean,
    restriction_reason text, restricted_until timestamptz, update_time timestamptz, version bigint,
    display_phone_number text);

ALTER TABLE accounts ADD COLUMN is_restricted boolean NOT NULL DEFAULT false;
ALTER TABLE accounts ADD COLUMN restriction_reason text NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN restricted_until timestamptz;
COMMENT ON TABLE accounts IS 'What is known of accounts.';
COMMENT ON COLUMN accounts.portfolio_id IS 'Its portfolio; empty: not known.';
COMMENT ON COLUMN accounts.is_restricted IS 'Whether something keeps all its numbers from sending.';
COMMENT ON COLUMN accounts.restriction_reason IS 'Why; may be empty.';
COMMENT ON COLUMN accounts.restricted_until IS 'When that ends; null: when it is lifted.';

-- Erasure.

CREATE TABLE erasures (
    tenant_id  text        NOT NULL,
    request_id uuid        NOT NULL,
    erase_time timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, request_id)
);
CREATE INDEX erasures_by_time ON erasures (erase_time);
CREATE INDEX note_uses_due ON note_uses (used_at);
CREATE INDEX note_uses_by_contact ON note_uses (tenant_id COLLATE "C", contact_id);
COMMENT ON COLUMN note_uses.contact_id IS
    'The contact, by one id; of an erased one a random id, since the use still counts.';
COMMENT ON COLUMN portfolio_contacts.contact_id IS
    'The person, by one id; of an erased one a random id, since the reach still counts.';
COMMENT ON TABLE erasures IS 'Requests that erased somebody; of whom is not remembered.';
COMMENT ON COLUMN erasures.tenant_id IS 'The tenant.';
COMMENT ON COLUMN erasures.request_id IS 'The caller''s id of the request.';
COMMENT ON COLUMN erasures.erase_time IS 'When.';
