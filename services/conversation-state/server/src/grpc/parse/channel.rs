//! Changes to channels: which settings a request names, and what they may be.

use azeer_proto::conversation::v1 as pb;
use azeer_runtime::fields::Fields;
use azeer_runtime::problem::Problem;
use azeer_runtime::tokens::{self, AfterToken};
use chrono::TimeDelta;
use conversation_state_core::{Channel, ChannelId, OnInboundWhenClosed, TenantId};

use super::routing::routing;
use super::tenant;
use crate::store::ChannelSettings;

const MOST_NAME_CHARACTERS: usize = 128;
const MOST_NUMBER_CHARACTERS: usize = 32;

/// A setting that a request can name.
struct Setting {
    path: &'static str,
    /// Whether a request without a mask says it.
    is_said: fn(&pb::Channel) -> bool,
    /// Copies it.
    copy: fn(&mut ChannelSettings, &ChannelSettings),
}

static SETTINGS: [Setting; 8] = [
    Setting {
        path: "display_name",
        is_said: |given| given.display_name.is_some(),
        copy: |to, from| to.display_name.clone_from(&from.display_name),
    },
    Setting {
        path: "display_phone_number",
        is_said: |given| given.display_phone_number.is_some(),
        copy: |to, from| to.display_phone_number.clone_from(&from.display_phone_number),
    },
    Setting {
        path: "bot_enabled",
        is_said: |given| given.bot_enabled.is_some(),
        copy: |to, from| to.behaviour.bot_enabled = from.behaviour.bot_enabled,
    },
    Setting {
        path: "window_duration",
        is_said: |given| given.window_duration.is_some(),
        copy: |to, from| to.behaviour.window_duration = from.behaviour.window_duration,
    },
    Setting {
        path: "reactions_open_window",
        is_said: |given| given.reactions_open_window.is_some(),
        copy: |to, from| to.behaviour.reactions_open_window = from.behaviour.reactions_open_window,
    },
    Setting {
        path: "on_inbound_when_closed",
        is_said: |given| given.on_inbound_when_closed != 0,
        copy: |to, from| {
            to.behaviour.on_inbound_when_closed = from.behaviour.on_inbound_when_closed;
        },
    },
    Setting {
        path: "reopen_to_last_agent_within",
        is_said: |given| given.reopen_to_last_agent_within.is_some(),
        copy: |to, from| {
            to.behaviour.reopen_to_last_agent_within = from.behaviour.reopen_to_last_agent_within;
        },
    },
    Setting {
        path: "routing_rules",
        is_said: |given| !given.routing_rules.is_empty(),
        copy: |to, from| to.behaviour.routing = from.behaviour.routing.clone(),
    },
];

/// A change to a channel.
pub(in super::super) struct ChannelChange {
    pub(in super::super) tenant: TenantId,
    pub(in super::super) channel: ChannelId,
    /// The settings named, with what they are to be.
    named: Vec<&'static Setting>,
    wanted: ChannelSettings,
}

impl ChannelChange {
    /// Sets what the request names and leaves the rest.
    pub(in super::super) fn apply(&self, settings: &mut ChannelSettings) {
        for setting in &self.named {
            (setting.copy)(settings, &self.wanted);
        }
    }
}

impl TryFrom<&pb::UpsertChannelRequest> for ChannelChange {
    type Error = Problem;

    fn try_from(request: &pb::UpsertChannelRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let tenant = tenant(&mut fields, &request.tenant_id);
        let Some(given) = &request.channel else {
            fields.bad("channel", "must be set");
            return fields.finish(|| None);
        };
        let same = given.tenant_id.is_empty() || given.tenant_id == request.tenant_id;
        fields.require("channel.tenant_id", same, "must be empty or the request's tenant_id");
        let id = fields.take("channel.channel_id", ChannelId::parse(&given.channel_id));
        let named = named(&mut fields, request, given);
        let wanted = wanted(&mut fields, given, id.clone());
        fields.finish(|| Some(Self { tenant: tenant?, channel: id?, named, wanted: wanted? }))
    }
}

/// The settings that the mask names, or without one those that the channel carries.
fn named(
    fields: &mut Fields,
    request: &pb::UpsertChannelRequest,
    given: &pb::Channel,
) -> Vec<&'static Setting> {
    let paths = request.update_mask.as_ref().map(|mask| mask.paths.as_slice()).unwrap_or_default();
    if paths.is_empty() {
        return SETTINGS.iter().filter(|setting| (setting.is_said)(given)).collect();
    }
    let (mut named, mut all_known) = (Vec::new(), true);
    for path in paths {
        let found = SETTINGS.iter().filter(|setting| path == "*" || setting.path == path);
        let before = named.len();
        named.extend(found);
        all_known &= named.len() > before;
    }
    // Once, however many are wrong: they are all to be the same.
    if !all_known {
        let paths = SETTINGS.iter().map(|setting| setting.path).collect::<Vec<_>>().join(", ");
        fields.bad("update_mask", format_args!("must be `*` or of {paths}"));
    }
    named
}

/// The settings as the request has them, the defaults where it has none.
fn wanted(
    fields: &mut Fields,
    given: &pb::Channel,
    id: Option<ChannelId>,
) -> Option<ChannelSettings> {
    let defaults = Channel::default();
    let name = given.display_name.as_deref().unwrap_or_default();
    let display_name = fields.text("channel.display_name", name, MOST_NAME_CHARACTERS);
    let number = given.display_phone_number.clone().unwrap_or_default();
    fields.require(
        "channel.display_phone_number",
        number.len() <= MOST_NUMBER_CHARACTERS
            && number.chars().all(|c| c.is_ascii_digit() || " +-()".contains(c)),
        "must be at most 32 digits, spaces and + - ( )",
    );
    let window = given.window_duration.map(|window| {
        let bounds = Channel::SHORTEST_WINDOW..=Channel::FULL_WINDOW;
        let must_be = "must be 1 s to 24 h, whole microseconds";
        fields.duration("channel.window_duration", &window, bounds, must_be)
    });
    let reunion = given.reopen_to_last_agent_within.map(|within| {
        let bounds = TimeDelta::zero()..=Channel::LONGEST_REUNION;
        let must_be = "must be 0 to 365 days, whole microseconds";
        fields.duration("channel.reopen_to_last_agent_within", &within, bounds, must_be)
    });
    let on_inbound_when_closed =
        match pb::OnInboundWhenClosed::try_from(given.on_inbound_when_closed) {
            Ok(pb::OnInboundWhenClosed::Unspecified | pb::OnInboundWhenClosed::Reopen) => {
                Ok(OnInboundWhenClosed::Reopen)
            }
            Ok(pb::OnInboundWhenClosed::ReopenToBot) => Ok(OnInboundWhenClosed::ReopenToBot),
            Ok(pb::OnInboundWhenClosed::StayClosed) => Ok(OnInboundWhenClosed::StayClosed),
            Err(_) => Err("must be REOPEN, REOPEN_TO_BOT or STAY_CLOSED"),
        };
    let on_inbound_when_closed =
        fields.take("channel.on_inbound_when_closed", on_inbound_when_closed);
    let routing = routing(fields, &given.routing_rules);
    let behaviour = Channel {
        bot_enabled: given.bot_enabled.unwrap_or_default(),
        window_duration: window.unwrap_or(Some(defaults.window_duration))?,
        reactions_open_window: given.reactions_open_window.unwrap_or_default(),
        on_inbound_when_closed: on_inbound_when_closed?,
        reopen_to_last_agent_within: reunion
            .unwrap_or(Some(defaults.reopen_to_last_agent_within))?,
        routing: routing?,
    };
    Some(ChannelSettings {
        display_name: display_name.unwrap_or_default(),
        display_phone_number: number,
        behaviour,
        ..ChannelSettings::defaults(id?)
    })
}

/// A page of channels.
pub(in super::super) struct ChannelPage {
    pub(in super::super) tenant: TenantId,
    pub(in super::super) after: String,
    pub(in super::super) limit: usize,
    pub(in super::super) arguments: String,
}

impl TryFrom<&pb::ListChannelsRequest> for ChannelPage {
    type Error = Problem;

    fn try_from(request: &pb::ListChannelsRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let tenant = tenant(&mut fields, &request.tenant_id);
        let limit = fields.page_size(request.page_size);
        let arguments = tokens::digest(request.tenant_id.as_bytes());
        let token = fields.page_token(&request.page_token, |token: &AfterToken<String>| {
            token.arguments == arguments && ChannelId::parse(&token.last).is_ok()
        });
        let after = token.map(|token| token.last).unwrap_or_default();
        fields.finish(|| Some(Self { tenant: tenant?, after, limit, arguments }))
    }
}
