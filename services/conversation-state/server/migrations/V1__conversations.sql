-- The schema of conversation-state. tenant_id leads every key; nothing is shared between tenants,
-- so that a distributed engine can keep each tenant's rows together.

-- The states and kinds of the domain, by the names that people know them by.
CREATE TYPE conversation_state AS ENUM ('OPEN', 'EXPIRED', 'CLOSED', 'BOT');
CREATE TYPE handler_kind AS ENUM ('BOT', 'HUMAN');
CREATE TYPE actor_kind AS ENUM ('AGENT', 'BOT', 'SYSTEM', 'CUSTOMER');
CREATE TYPE event_type AS ENUM (
    'CREATED', 'INBOUND_RECORDED', 'OUTBOUND_RECORDED', 'CLOSED', 'REOPENED', 'HANDED_OFF',
    'RETURNED_TO_BOT', 'ASSIGNED', 'EXPIRED', 'WINDOW_CORRECTED');

-- One row for each tenant that ever wrote. Every write locks the rows of its batch's tenants
-- first, in order: that serialises a tenant's writes over all replicas.
CREATE TABLE tenants (
    tenant_id        text   PRIMARY KEY,
    revision         bigint NOT NULL DEFAULT 0,
    channels_version bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50); -- updated by every batch: room on the page keeps the updates in place
COMMENT ON COLUMN tenants.tenant_id IS 'The tenant.';
COMMENT ON COLUMN tenants.revision IS 'The revision of the last event of the tenant''s log.';
COMMENT ON COLUMN tenants.channels_version IS
    'Grows with each change of the tenant''s channels; 0: none was ever set up. Tells replicas '
    'whether the settings that they hold are current.';

CREATE TABLE channels (
    tenant_id                   text        NOT NULL,
    channel_id                  text        NOT NULL,
    display_name                text        NOT NULL,
    display_phone_number        text        NOT NULL,
    bot_enabled                 boolean     NOT NULL,
    window_micros               bigint      NOT NULL,
    reactions_open_window       boolean     NOT NULL,
    on_inbound_when_closed      text        NOT NULL
        CHECK (on_inbound_when_closed IN ('REOPEN', 'REOPEN_TO_BOT', 'STAY_CLOSED')),
    reopen_to_last_agent_micros bigint      NOT NULL,
    create_time                 timestamptz NOT NULL,
    update_time                 timestamptz NOT NULL,
    version                     bigint      NOT NULL,
    PRIMARY KEY (tenant_id, channel_id)
);
COMMENT ON TABLE channels IS 'The channels that somebody set up; all others have the defaults.';
COMMENT ON COLUMN channels.tenant_id IS 'The tenant.';
COMMENT ON COLUMN channels.channel_id IS 'The platform''s phone_number_id.';
COMMENT ON COLUMN channels.display_name IS 'A name for people; may be empty.';
COMMENT ON COLUMN channels.display_phone_number IS
    'The number as the platform shows it; may be empty.';
COMMENT ON COLUMN channels.bot_enabled IS 'Whether new conversations go to the bot.';
COMMENT ON COLUMN channels.window_micros IS
    'How long a customer''s message keeps the window open, in microseconds.';
COMMENT ON COLUMN channels.reactions_open_window IS
    'Whether a reaction is taken for a message.';
COMMENT ON COLUMN channels.on_inbound_when_closed IS
    'What a customer''s message does to a closed conversation.';
COMMENT ON COLUMN channels.reopen_to_last_agent_micros IS
    'How long after its closing a conversation finds the same agent again, in microseconds.';
COMMENT ON COLUMN channels.create_time IS 'When it was set up.';
COMMENT ON COLUMN channels.update_time IS 'When it was last changed.';
COMMENT ON COLUMN channels.version IS 'Grows by one with each change; the etag.';

CREATE TABLE conversations (
    conversation_id      uuid               NOT NULL,
    version              bigint             NOT NULL,
    last_inbound_at      timestamptz,
    last_outbound_at     timestamptz,
    window_expires_at    timestamptz,
    window_closed_at     timestamptz,
    answered_until       timestamptz,
    waiting_since        timestamptz,
    handler_since        timestamptz        NOT NULL,
    create_time          timestamptz        NOT NULL,
    update_time          timestamptz        NOT NULL,
    closed_at            timestamptz,
    handler_epoch        bigint             NOT NULL,
    unanswered_templates integer            NOT NULL,
    announced_state      conversation_state NOT NULL,
    handler_kind         handler_kind       NOT NULL,
    closed_by_kind       actor_kind,
    tenant_id            text               NOT NULL,
    channel_id           text               NOT NULL,
    contact_id           text               NOT NULL,
    contact_name         text,
    team_id              text,
    agent_id             text,
    closed_by_id         text,
    close_reason         text,
    collected            jsonb,
    PRIMARY KEY (tenant_id, conversation_id),
    CHECK ((closed_at IS NOT NULL) = (announced_state = 'CLOSED'))
);
COMMENT ON TABLE conversations IS 'The facts about each conversation.';
COMMENT ON COLUMN conversations.conversation_id IS 'A UUIDv7, made with the conversation.';
COMMENT ON COLUMN conversations.version IS 'Grows by one with each write; the etag.';
COMMENT ON COLUMN conversations.last_inbound_at IS
    'When the customer last wrote or called, by the platform''s clock.';
COMMENT ON COLUMN conversations.last_outbound_at IS
    'When the business last wrote, by the platform''s clock.';
COMMENT ON COLUMN conversations.window_expires_at IS 'The last instant of the service window.';
COMMENT ON COLUMN conversations.window_closed_at IS
    'The platform said that the window was closed at this instant; only a later message opens it.';
COMMENT ON COLUMN conversations.answered_until IS
    'The customer''s messages before this instant need no answer.';
COMMENT ON COLUMN conversations.waiting_since IS
    'Since when the customer waits for an answer; kept while closed.';
COMMENT ON COLUMN conversations.handler_since IS 'When the handler last changed.';
COMMENT ON COLUMN conversations.create_time IS 'When it was first recorded.';
COMMENT ON COLUMN conversations.update_time IS 'When it was last written.';
COMMENT ON COLUMN conversations.closed_at IS 'When it was closed, if it is.';
COMMENT ON COLUMN conversations.handler_epoch IS
    'Grows by one whenever kind, team or agent of the handler changes.';
COMMENT ON COLUMN conversations.unanswered_templates IS
    'Templates sent since the customer last wrote.';
COMMENT ON COLUMN conversations.announced_state IS
    'The state that the log last told. OPEN and BOT rows whose window has ended are EXPIRED; '
    'their expiry is due to be announced.';
COMMENT ON COLUMN conversations.handler_kind IS 'Whether the bot or people handle it.';
COMMENT ON COLUMN conversations.closed_by_kind IS 'What kind of actor closed it.';
COMMENT ON COLUMN conversations.tenant_id IS 'The tenant.';
COMMENT ON COLUMN conversations.channel_id IS 'The channel.';
COMMENT ON COLUMN conversations.contact_id IS 'The contact. Personal.';
COMMENT ON COLUMN conversations.contact_name IS 'The contact''s name as last told. Personal.';
COMMENT ON COLUMN conversations.team_id IS 'The team that handles it.';
COMMENT ON COLUMN conversations.agent_id IS 'The agent who handles it.';
COMMENT ON COLUMN conversations.closed_by_id IS 'Who closed it.';
COMMENT ON COLUMN conversations.close_reason IS 'Why it was closed.';
COMMENT ON COLUMN conversations.collected IS
    'What the bot gathered, an object of texts; null: nothing. Personal.';

-- Every index begins with the tenant, so to the planner several can serve one lookup, and with
-- few statistics, or tenants of very different sizes, it may take one that reads all of a tenant.
-- The tenant's collation tells them apart: a condition fits only an index of its own collation.
-- All of them order ids alike, byte by byte. Default: by id (the primary key). "C": by contact.
-- "POSIX": the tabs. "ucs_basic": by the end of the window. What is led by time is led by an
-- expression, for the same reason.

-- There is one conversation for each contact of a channel, for life.
CREATE UNIQUE INDEX conversations_by_contact ON conversations
    (tenant_id COLLATE "C", channel_id, contact_id);
-- A page of a tab, for each channel and announced state.
CREATE INDEX conversations_by_message ON conversations
    (tenant_id COLLATE "POSIX", channel_id, announced_state, last_inbound_at, conversation_id);
-- The same by the end of the window; also the rows in which announced and real state may differ.
CREATE INDEX conversations_by_window ON conversations
    (tenant_id COLLATE "ucs_basic", channel_id, announced_state, window_expires_at,
     conversation_id);
-- The closed tab.
CREATE INDEX conversations_by_closing ON conversations
    (tenant_id COLLATE "POSIX", channel_id, announced_state, closed_at, conversation_id)
    WHERE announced_state = 'CLOSED';
-- The filters, each at the cost of its own conversations.
CREATE INDEX conversations_by_team ON conversations
    (tenant_id COLLATE "POSIX", team_id, announced_state, last_inbound_at, conversation_id)
    WHERE team_id IS NOT NULL;
CREATE INDEX conversations_by_agent ON conversations
    (tenant_id COLLATE "POSIX", agent_id, announced_state, last_inbound_at, conversation_id)
    WHERE agent_id IS NOT NULL;
CREATE INDEX conversations_unassigned ON conversations
    (tenant_id COLLATE "POSIX", announced_state, last_inbound_at, conversation_id)
    WHERE handler_kind = 'HUMAN' AND team_id IS NULL AND agent_id IS NULL;
CREATE INDEX conversations_waiting ON conversations
    (tenant_id COLLATE "POSIX", announced_state, last_inbound_at, conversation_id)
    WHERE waiting_since IS NOT NULL AND announced_state <> 'CLOSED';
-- Expiries that are due, over all tenants: work by time is led by its time.
CREATE INDEX conversations_due ON conversations ((window_expires_at AT TIME ZONE 'UTC'))
    WHERE announced_state IN ('OPEN', 'BOT');

CREATE TABLE messages (
    tenant_id       text        NOT NULL,
    message_id      text        NOT NULL,
    conversation_id uuid        NOT NULL,
    occurred_at     timestamptz NOT NULL,
    inbound         boolean     NOT NULL,
    PRIMARY KEY (tenant_id, message_id)
);
COMMENT ON TABLE messages IS 'The messages seen: each is recorded once.';
COMMENT ON COLUMN messages.tenant_id IS 'The tenant.';
COMMENT ON COLUMN messages.message_id IS
    'The platform''s id. Personal: it may carry the contact''s number.';
COMMENT ON COLUMN messages.conversation_id IS 'The conversation it belongs to.';
COMMENT ON COLUMN messages.occurred_at IS 'When it was written, by the platform''s clock.';
COMMENT ON COLUMN messages.inbound IS 'Whether the customer wrote it.';

CREATE TABLE requests (
    tenant_id       text        NOT NULL,
    rpc             text        NOT NULL,
    request_id      uuid        NOT NULL,
    content_hash    bytea       NOT NULL,
    conversation_id uuid        NOT NULL,
    recorded_at     timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, rpc, request_id)
);
COMMENT ON TABLE requests IS 'The commands done under a request id: a repetition does nothing.';
COMMENT ON COLUMN requests.tenant_id IS 'The tenant.';
COMMENT ON COLUMN requests.rpc IS 'The RPC''s name: ids are told apart by it.';
COMMENT ON COLUMN requests.request_id IS 'The caller''s id.';
COMMENT ON COLUMN requests.content_hash IS 'Of what was asked, without etag and request id.';
COMMENT ON COLUMN requests.conversation_id IS 'The conversation it was done to.';
COMMENT ON COLUMN requests.recorded_at IS 'When; after 8 days the id is forgotten.';

CREATE TABLE events (
    revision        bigint             NOT NULL,
    version         bigint             NOT NULL,
    conversation_id uuid               NOT NULL,
    occurred_at     timestamptz        NOT NULL,
    recorded_at     timestamptz        NOT NULL,
    handler_epoch   bigint             NOT NULL,
    event_type      event_type         NOT NULL,
    from_state      conversation_state,
    to_state        conversation_state NOT NULL,
    actor_kind      actor_kind         NOT NULL,
    handler_kind    handler_kind       NOT NULL,
    out_of_turn     boolean            NOT NULL,
    tenant_id       text               NOT NULL,
    actor_id        text,
    reason          text,
    team_id         text,
    agent_id        text,
    PRIMARY KEY (tenant_id, revision)
);
COMMENT ON TABLE events IS 'Each tenant''s log. Rows are only ever added; nothing in it is personal.';
COMMENT ON COLUMN events.revision IS 'The place in the tenant''s log, without a gap.';
COMMENT ON COLUMN events.version IS 'The conversation''s version after it.';
COMMENT ON COLUMN events.conversation_id IS 'The conversation it happened to.';
COMMENT ON COLUMN events.occurred_at IS 'When it happened, by the clock of whoever told.';
COMMENT ON COLUMN events.recorded_at IS 'When it was recorded.';
COMMENT ON COLUMN events.handler_epoch IS 'The handler''s epoch after it.';
COMMENT ON COLUMN events.event_type IS 'What happened.';
COMMENT ON COLUMN events.from_state IS 'The state before; null: there was no conversation.';
COMMENT ON COLUMN events.to_state IS 'The state after.';
COMMENT ON COLUMN events.actor_kind IS 'What kind of actor did it.';
COMMENT ON COLUMN events.handler_kind IS 'Who handles the conversation after it.';
COMMENT ON COLUMN events.out_of_turn IS 'Sent with an old epoch or to a closed conversation.';
COMMENT ON COLUMN events.tenant_id IS 'The tenant.';
COMMENT ON COLUMN events.actor_id IS 'Who did it; never the contact.';
COMMENT ON COLUMN events.reason IS 'Why, or what kind of message it tells.';
COMMENT ON COLUMN events.team_id IS 'The handling team after it.';
COMMENT ON COLUMN events.agent_id IS 'The handling agent after it.';
-- A conversation's events, oldest first. Its collation as with the conversations' indexes.
CREATE INDEX events_by_conversation ON events
    (tenant_id COLLATE "POSIX", conversation_id, revision);

CREATE TABLE event_notes (
    tenant_id       text   NOT NULL,
    revision        bigint NOT NULL,
    conversation_id uuid   NOT NULL,
    note            text   NOT NULL,
    PRIMARY KEY (tenant_id, revision)
);
COMMENT ON TABLE event_notes IS
    'What actors noted. Apart from the log, since it may be personal and can be erased.';
COMMENT ON COLUMN event_notes.tenant_id IS 'The tenant.';
COMMENT ON COLUMN event_notes.revision IS 'The event.';
COMMENT ON COLUMN event_notes.conversation_id IS 'The event''s conversation.';
COMMENT ON COLUMN event_notes.note IS 'The note. Personal.';

CREATE TABLE tab_counts (
    tenant_id      text        NOT NULL,
    grain          text        NOT NULL CHECK (grain IN ('TOTAL', 'HOUR', 'MINUTE')),
    bucket         timestamptz NOT NULL,
    channel_id     text        NOT NULL,
    open           bigint      NOT NULL,
    bot            bigint      NOT NULL,
    expired        bigint      NOT NULL,
    closed         bigint      NOT NULL,
    awaiting_reply bigint      NOT NULL,
    PRIMARY KEY (tenant_id, grain, bucket, channel_id)
) WITH (fillfactor = 50);
COMMENT ON TABLE tab_counts IS
    'How many conversations each channel has, by announced state: in all (TOTAL), and those '
    'announced OPEN or BOT by the hour and by the minute in which their window ends.';
COMMENT ON COLUMN tab_counts.tenant_id IS 'The tenant.';
COMMENT ON COLUMN tab_counts.grain IS 'TOTAL, HOUR or MINUTE.';
COMMENT ON COLUMN tab_counts.bucket IS 'When the hour or minute begins; the epoch for TOTAL.';
COMMENT ON COLUMN tab_counts.channel_id IS 'The channel.';
COMMENT ON COLUMN tab_counts.open IS 'Announced as OPEN.';
COMMENT ON COLUMN tab_counts.bot IS 'Announced as BOT.';
COMMENT ON COLUMN tab_counts.expired IS 'Announced as EXPIRED; TOTAL only.';
COMMENT ON COLUMN tab_counts.closed IS 'Announced as CLOSED; TOTAL only.';
COMMENT ON COLUMN tab_counts.awaiting_reply IS 'Awaiting a reply and not closed; TOTAL only.';
-- Buckets that are past, to be removed once they are empty. (A partial index on the counters
-- themselves would keep their updates from staying in place.)
CREATE INDEX tab_counts_by_time ON tab_counts ((bucket AT TIME ZONE 'UTC'))
    WHERE grain <> 'TOTAL';

-- What the write statement takes: one array of each. A changed shape gets a new name, so that
-- programs of two versions can write side by side.
CREATE TYPE conversation_write_v1 AS (
    expected_version bigint, conversation_id uuid, version bigint, last_inbound_at timestamptz,
    last_outbound_at timestamptz, window_expires_at timestamptz, window_closed_at timestamptz,
    answered_until timestamptz, waiting_since timestamptz, handler_since timestamptz,
    create_time timestamptz, update_time timestamptz, closed_at timestamptz,
    handler_epoch bigint, unanswered_templates integer, announced_state text, handler_kind text,
    closed_by_kind text, tenant_id text, channel_id text, contact_id text, contact_name text,
    team_id text, agent_id text, closed_by_id text, close_reason text, collected jsonb);
CREATE TYPE event_write_v1 AS (
    revision bigint, version bigint, conversation_id uuid, occurred_at timestamptz,
    recorded_at timestamptz, handler_epoch bigint, event_type text, from_state text,
    to_state text, actor_kind text, handler_kind text, out_of_turn boolean, tenant_id text,
    actor_id text, reason text, team_id text, agent_id text, note text);
CREATE TYPE message_write_v1 AS (
    tenant_id text, message_id text, conversation_id uuid, occurred_at timestamptz,
    inbound boolean);
CREATE TYPE request_write_v1 AS (
    tenant_id text, rpc text, request_id uuid, content_hash bytea, conversation_id uuid,
    recorded_at timestamptz);
CREATE TYPE count_write_v1 AS (
    tenant_id text, grain text, bucket timestamptz, channel_id text, open bigint, bot bigint,
    expired bigint, closed bigint, awaiting_reply bigint);
CREATE TYPE tenant_write_v1 AS (
    tenant_id text, expected_revision bigint, revision bigint);

-- Ends the transaction if a statement did not touch the rows that it had to: someone wrote
-- without the tenant's lock. The error is one after which the batch is tried again.
CREATE FUNCTION require_rows(touched bigint, expected bigint, what text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF touched <> expected THEN
        RAISE EXCEPTION 'lost update of %: % rows of %', what, touched, expected
            USING ERRCODE = 'serialization_failure';
    END IF;
END
$$;
