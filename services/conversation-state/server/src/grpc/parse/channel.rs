//! Changes to channels: which settings a request names, and what they may be.

use azeer_proto::conversation::v1 as pb;
use azeer_runtime::fields::Fields;
use azeer_runtime::problem::Problem;
use chrono::TimeDelta;
use conversation_state_core::{Channel, ChannelId, OnInboundWhenClosed, TenantId};

use super::super::tokens::{self, AfterToken};
use super::listing::{page_size, token};
use super::{duration, tenant, text};
use crate::store::ChannelSettings;

const MOST_NAME_CHARACTERS: usize = 128;
const MOST_NUMBER_CHARACTERS: usize = 32;

/// The settings that a request can name, by their paths.
const SETTINGS: [&str; 7] = [
    "display_name",
    "display_phone_number",
    "bot_enabled",
    "window_duration",
    "reactions_open_window",
    "on_inbound_when_closed",
    "reopen_to_last_agent_within",
];

/// A change to a channel.
pub(in super::super) struct ChannelChange {
    pub(in super::super) tenant: TenantId,
    pub(in super::super) channel: ChannelId,
    /// The settings named, with what they are to be.
    named: Vec<&'static str>,
    wanted: ChannelSettings,
}

impl ChannelChange {
    /// Sets what the request names and leaves the rest.
    pub(in super::super) fn apply(&self, settings: &mut ChannelSettings) {
        let (to, from) = (&mut settings.behaviour, &self.wanted.behaviour);
        for name in &self.named {
            match *name {
                "display_name" => settings.display_name.clone_from(&self.wanted.display_name),
                "display_phone_number" => {
                    settings.display_phone_number.clone_from(&self.wanted.display_phone_number);
                }
                "bot_enabled" => to.bot_enabled = from.bot_enabled,
                "window_duration" => to.window_duration = from.window_duration,
                "reactions_open_window" => to.reactions_open_window = from.reactions_open_window,
                "on_inbound_when_closed" => to.on_inbound_when_closed = from.on_inbound_when_closed,
                "reopen_to_last_agent_within" => {
                    to.reopen_to_last_agent_within = from.reopen_to_last_agent_within;
                }
                _ => {}
            }
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
) -> Vec<&'static str> {
    let paths = request.update_mask.as_ref().map(|mask| mask.paths.as_slice()).unwrap_or_default();
    if paths.is_empty() {
        return SETTINGS.into_iter().filter(|name| carries(given, name)).collect();
    }
    let (mut named, mut all_known) = (Vec::new(), true);
    for path in paths {
        if path == "*" {
            named.extend(SETTINGS);
        } else if let Some(name) = SETTINGS.iter().find(|name| *name == path) {
            named.push(*name);
        } else {
            all_known = false;
        }
    }
    // Once, however many are wrong: they are all to be the same.
    if !all_known {
        fields.bad("update_mask", format_args!("must be `*` or of {}", SETTINGS.join(", ")));
    }
    named
}

fn carries(given: &pb::Channel, name: &str) -> bool {
    match name {
        "display_name" => given.display_name.is_some(),
        "display_phone_number" => given.display_phone_number.is_some(),
        "bot_enabled" => given.bot_enabled.is_some(),
        "window_duration" => given.window_duration.is_some(),
        "reactions_open_window" => given.reactions_open_window.is_some(),
        "on_inbound_when_closed" => given.on_inbound_when_closed != 0,
        "reopen_to_last_agent_within" => given.reopen_to_last_agent_within.is_some(),
        _ => false,
    }
}

/// The settings as the request has them, the defaults where it has none.
fn wanted(
    fields: &mut Fields,
    given: &pb::Channel,
    id: Option<ChannelId>,
) -> Option<ChannelSettings> {
    let defaults = Channel::default();
    let name = given.display_name.as_deref().unwrap_or_default();
    let display_name = text(fields, "channel.display_name", name, MOST_NAME_CHARACTERS);
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
        duration(fields, "channel.window_duration", window, bounds, must_be)
    });
    let reunion = given.reopen_to_last_agent_within.map(|within| {
        let bounds = TimeDelta::zero()..=Channel::LONGEST_REUNION;
        let must_be = "must be 0 to 365 days, whole microseconds";
        duration(fields, "channel.reopen_to_last_agent_within", within, bounds, must_be)
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
    let behaviour = Channel {
        bot_enabled: given.bot_enabled.unwrap_or_default(),
        window_duration: window.unwrap_or(Some(defaults.window_duration))?,
        reactions_open_window: given.reactions_open_window.unwrap_or_default(),
        on_inbound_when_closed: on_inbound_when_closed?,
        reopen_to_last_agent_within: reunion
            .unwrap_or(Some(defaults.reopen_to_last_agent_within))?,
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
        let limit = page_size(&mut fields, request.page_size);
        let arguments = tokens::digest(request.tenant_id.as_bytes());
        let token = token(&mut fields, &request.page_token, |token: &AfterToken<String>| {
            token.arguments == arguments && ChannelId::parse(&token.last).is_ok()
        });
        let after = token.map(|token| token.last).unwrap_or_default();
        fields.finish(|| Some(Self { tenant: tenant?, after, limit, arguments }))
    }
}
