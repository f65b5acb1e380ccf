//! The fields of listings of settings.

use azeer_proto::policy::v1 as pb;
use azeer_tests::ops;

use super::rows::{Rows, Table};
use super::values;

pub(super) fn tables() -> Vec<Table> {
    let tenant_id = ops::TENANT.to_owned();
    let versions =
        pb::ListPolicyVersionsRequest { tenant_id: tenant_id.clone(), ..Default::default() };
    let senders = pb::ListSendersRequest { tenant_id, ..Default::default() };
    vec![
        Rows::of(versions)
            .name("tenant_id", |r, v| r.tenant_id = v)
            .values("page_size", values::page_sizes(), |r, v| r.page_size = v)
            .values("page_token", values::page_tokens(), |r, v| r.page_token = v)
            .table(),
        Rows::of(senders)
            .name("tenant_id", |r, v| r.tenant_id = v)
            .name_or_empty("waba_id", |r, v| r.waba_id = v)
            .name_or_empty("portfolio_id", |r, v| r.portfolio_id = v)
            .values("page_size", values::page_sizes(), |r, v| r.page_size = v)
            .values("page_token", values::page_tokens(), |r, v| r.page_token = v)
            .table(),
    ]
}
