//! The fields of webhook bodies for the policy, and of numbers and accounts what webhooks tell too.

use azeer_proto::policy::v1 as pb;
use azeer_tests::ops;
use prost_types::FieldMask;

use super::policy::ends;
use super::rows::{Rows, Table};
use super::values::{self, Values};
use super::writes::{bodies, entries};

pub(super) fn tables() -> Vec<Table> {
    let empty = pb::IngestWebhookRequest { tenant_id: ops::TENANT.into(), body: entries(0) };
    let update = pb::UpdateSenderRequest {
        tenant_id: ops::TENANT.into(),
        sender: Some(pb::Sender {
            channel_id: ops::CHANNEL.into(),
            waba_id: ops::WABA.into(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let mut numbers = values::phone_numbers();
    numbers.bad.push("+ ( )".into());
    vec![
        Rows::of(empty)
            .name("tenant_id", |r, v| r.tenant_id = v)
            .values("body", bodies(), |r, v| r.body = v)
            .table(),
        Rows::of(update)
            .values("sender.display_phone_number", numbers, |r, v| {
                sender(r).display_phone_number = v;
            })
            .values("sender.account_restriction.reason", values::prose(256), |r, v| {
                restriction(r).reason = v;
            })
            .values("sender.account_restriction.until", ends(), |r, v| restriction(r).until = v)
            .values("update_mask", masks(), |r, v| r.update_mask = Some(FieldMask { paths: v }))
            .table(),
    ]
}

fn masks() -> Values<Vec<String>> {
    let mask = |path: &str| vec![path.to_owned()];
    Values {
        bad: ["account_restriction.until", "display_number", ""].map(mask).into(),
        good: ["account_restriction", "display_phone_number"].map(mask).into(),
    }
}

fn sender(request: &mut pb::UpdateSenderRequest) -> &mut pb::Sender {
    request.sender.get_or_insert_default()
}

fn restriction(request: &mut pb::UpdateSenderRequest) -> &mut pb::SenderRestriction {
    sender(request).account_restriction.get_or_insert_default()
}
