//! Changes to senders: which fields a request names, and what they may be.

use azeer_domain::{ChannelId, PLATFORM_BEGAN, TenantId};
use azeer_edge::tenant;
use azeer_proto::policy::v1 as pb;
use azeer_runtime::fields::Fields;
use azeer_runtime::problem::Problem;
use messaging_policy_core::facts::{Quality, Restriction, SenderStatus};

use super::{Mask, name_or_empty, version};
use crate::names::{LATEST, is_display_number};
use crate::store::settings::SenderChange;

const MOST_CONTACTS: i64 = 1_000_000_000;
const MOST_REASON_CHARACTERS: usize = 256;

/// What a mask may name.
static PATHS: [&str; 9] = [
    "waba_id",
    "portfolio_id",
    "quality",
    "status",
    "limit",
    "unlimited",
    "restriction",
    "display_phone_number",
    "account_restriction",
];

/// A sender that is asked for.
pub(in crate::grpc) fn sender(
    request: &pb::GetSenderRequest,
) -> Result<(TenantId, ChannelId), Problem> {
    let mut fields = Fields::new();
    let tenant = tenant(&mut fields, &request.tenant_id);
    let channel = fields.take("channel_id", ChannelId::parse(&request.channel_id));
    fields.finish(|| Some((tenant?, channel?)))
}

/// A change to a sender.
pub(in crate::grpc) struct Changing {
    pub(in crate::grpc) tenant: TenantId,
    pub(in crate::grpc) channel: ChannelId,
    /// The version that the caller knows; none: whatever it is.
    pub(in crate::grpc) version: Option<i64>,
    pub(in crate::grpc) change: SenderChange,
}

impl TryFrom<&pb::UpdateSenderRequest> for Changing {
    type Error = Problem;

    fn try_from(request: &pb::UpdateSenderRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let tenant = tenant(&mut fields, &request.tenant_id);
        let mask = Mask::read(&mut fields, request.update_mask.as_ref(), &PATHS);
        let Some(given) = &request.sender else {
            fields.bad("sender", "must be set");
            return fields.finish(|| None);
        };
        let (channel, wanted) = fields.within(
            || "sender".to_owned(),
            |fields| {
                let channel = fields.take("channel_id", ChannelId::parse(&given.channel_id));
                (channel, wanted(fields, given))
            },
        );
        fields.finish(|| {
            let change = named(&mask, given, wanted?);
            let version = version(&request.etag);
            Some(Self { tenant: tenant?, channel: channel?, version, change })
        })
    }
}

/// What of the wanted is named.
fn named(mask: &Mask<'_>, given: &pb::Sender, wanted: SenderChange) -> SenderChange {
    let names = |field, is_carried| mask.names(field, is_carried);
    SenderChange {
        waba_id: wanted.waba_id.filter(|id| names("waba_id", !id.is_empty())),
        portfolio_id: wanted.portfolio_id.filter(|id| names("portfolio_id", !id.is_empty())),
        quality: wanted.quality.filter(|_| names("quality", given.quality != 0)),
        status: wanted.status.filter(|_| names("status", given.status != 0)),
        limit: wanted.limit.filter(|limit| names("limit", *limit != 0)),
        unlimited: wanted.unlimited.filter(|unlimited| names("unlimited", *unlimited)),
        restriction: wanted
            .restriction
            .filter(|restriction| names("restriction", restriction.is_some())),
        account_restriction: wanted
            .account_restriction
            .filter(|restriction| names("account_restriction", restriction.is_some())),
        display_phone_number: wanted
            .display_phone_number
            .filter(|number| names("display_phone_number", !number.is_empty())),
    }
}

/// All that the request has, named or not.
fn wanted(fields: &mut Fields, given: &pb::Sender) -> Option<SenderChange> {
    let waba_id = name_or_empty(fields, "waba_id", &given.waba_id);
    let portfolio_id = name_or_empty(fields, "portfolio_id", &given.portfolio_id);
    let quality = match pb::SenderQuality::try_from(given.quality) {
        Ok(pb::SenderQuality::Unspecified) => Ok(Quality::Unknown),
        Ok(pb::SenderQuality::Green) => Ok(Quality::Green),
        Ok(pb::SenderQuality::Yellow) => Ok(Quality::Yellow),
        Ok(pb::SenderQuality::Red) => Ok(Quality::Red),
        Err(_) => Err("must be GREEN, YELLOW or RED"),
    };
    let quality = fields.take("quality", quality);
    let status = match pb::SenderStatus::try_from(given.status) {
        Ok(pb::SenderStatus::Unspecified) => Ok(SenderStatus::Unknown),
        Ok(pb::SenderStatus::Connected) => Ok(SenderStatus::Connected),
        Ok(pb::SenderStatus::Flagged) => Ok(SenderStatus::Flagged),
        Ok(pb::SenderStatus::Restricted) => Ok(SenderStatus::Restricted),
        Ok(pb::SenderStatus::Disconnected) => Ok(SenderStatus::Disconnected),
        Ok(pb::SenderStatus::Banned) => Ok(SenderStatus::Banned),
        Err(_) => Err("must be CONNECTED, FLAGGED, RESTRICTED, DISCONNECTED or BANNED"),
    };
    let status = fields.take("status", status);
    let possible = (0..=MOST_CONTACTS).contains(&given.limit);
    fields.require("limit", possible, "must be 0-1000000000");
    let both = given.unlimited && given.limit != 0;
    fields.require("unlimited", !both, "must not be set together with limit");
    let number = &given.display_phone_number;
    let well_formed = number.is_empty() || is_display_number(number);
    let must_be = "must be at most 32 digits, spaces and + - ( ), digits among them";
    fields.require("display_phone_number", well_formed, must_be);
    let of_number =
        given.restriction.as_ref().map(|given| restriction(fields, "restriction", given));
    let of_account = given.account_restriction.as_ref();
    let of_account = of_account.map(|given| restriction(fields, "account_restriction", given));
    Some(SenderChange {
        waba_id: Some(waba_id?),
        portfolio_id: Some(portfolio_id?),
        quality: Some(quality?),
        status: Some(status?),
        limit: Some(given.limit),
        unlimited: Some(given.unlimited),
        restriction: Some(match of_number {
            Some(restriction) => Some(restriction?),
            None => None,
        }),
        account_restriction: Some(match of_account {
            Some(restriction) => Some(restriction?),
            None => None,
        }),
        display_phone_number: Some(number.clone()),
    })
}

fn restriction(
    fields: &mut Fields,
    path: &str,
    given: &pb::SenderRestriction,
) -> Option<(Restriction, String)> {
    let reason = fields.text(&format!("{path}.reason"), &given.reason, MOST_REASON_CHARACTERS);
    let until = match &given.until {
        Some(until) => {
            let bounds = PLATFORM_BEGAN..=LATEST;
            let must_be = "must be a time from 2009 to 9999";
            Some(fields.instant(&format!("{path}.until"), Some(until), bounds, must_be)?)
        }
        None => None,
    };
    Some((Restriction { until }, reason.unwrap_or_default()))
}
