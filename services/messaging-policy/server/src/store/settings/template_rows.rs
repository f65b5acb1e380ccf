//! The rows of `templates`.

use azeer_cloud_api::{Components, language_key};
use azeer_domain::{TenantId, Time};
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::GenericClient;
use postgres_types::{Json, ToSql};
use tokio_postgres::Row;

use super::super::id;
use super::templates::StoredTemplate;

const OF_TENANTS: &str = "SELECT waba_id, template_id, name, language, category, status, quality, \
     rejected_reason, next_category, category_changes_at, components, create_time, update_time, \
     import_needed, tenant_id FROM templates WHERE tenant_id = ANY($1::text[])";

/// Reads the templates of some tenants.
pub(super) async fn of_tenants(
    client: &impl GenericClient,
    tenants: &[&str],
) -> Result<Vec<(TenantId, StoredTemplate)>, StoreError> {
    let statement = client.prepare_cached(OF_TENANTS).await?;
    let rows = client.query(&statement, &[&tenants]).await?;
    rows.iter()
        .map(|row| Ok((id(TenantId::parse(row.try_get(14)?), "tenant_id")?, read(row)?)))
        .collect()
}

fn read(row: &Row) -> Result<StoredTemplate, StoreError> {
    let Json(components) = row.try_get(10)?;
    Ok(StoredTemplate {
        waba_id: row.try_get(0)?,
        template_id: row.try_get(1)?,
        name: row.try_get(2)?,
        language: row.try_get(3)?,
        category: row.try_get(4)?,
        status: row.try_get(5)?,
        quality: row.try_get(6)?,
        rejected_reason: row.try_get(7)?,
        next_category: row.try_get(8)?,
        category_changes_at: row.try_get(9)?,
        components,
        create_time: row.try_get(11)?,
        update_time: row.try_get(12)?,
        import_needed: row.try_get(13)?,
    })
}

/// A row of `template_write_v2`.
#[derive(Debug, ToSql)]
#[postgres(name = "template_write_v2")]
struct TemplateWrite<'a> {
    waba_id: &'a str,
    name: &'a str,
    language_key: String,
    language: &'a str,
    template_id: &'a str,
    category: &'a str,
    status: &'a str,
    quality: &'a str,
    rejected_reason: &'a str,
    next_category: &'a str,
    category_changes_at: Option<Time>,
    components: Json<&'a Components>,
    create_time: Time,
    update_time: Time,
    import_needed: bool,
}

impl<'a> TemplateWrite<'a> {
    fn new(template: &'a StoredTemplate) -> Self {
        Self {
            waba_id: &template.waba_id,
            name: &template.name,
            language_key: language_key(&template.language),
            language: &template.language,
            template_id: &template.template_id,
            category: &template.category,
            status: &template.status,
            quality: &template.quality,
            rejected_reason: &template.rejected_reason,
            next_category: &template.next_category,
            category_changes_at: template.category_changes_at,
            components: Json(&template.components),
            create_time: template.create_time,
            update_time: template.update_time,
            import_needed: template.import_needed,
        }
    }
}

const PUT: &str = "INSERT INTO templates (tenant_id, waba_id, name, language_key, language, \
     template_id, category, status, quality, rejected_reason, next_category, \
     category_changes_at, components, create_time, update_time, import_needed) \
     SELECT $1, waba_id, name, language_key, language, template_id, category, status, quality, \
       rejected_reason, next_category, category_changes_at, components, create_time, \
       update_time, import_needed FROM unnest($2::template_write_v2[]) \
     ON CONFLICT (tenant_id, waba_id, name, language_key) DO UPDATE \
     SET language = excluded.language, template_id = excluded.template_id, \
       category = excluded.category, status = excluded.status, quality = excluded.quality, \
       rejected_reason = excluded.rejected_reason, next_category = excluded.next_category, \
       category_changes_at = excluded.category_changes_at, components = excluded.components, \
       update_time = excluded.update_time, import_needed = excluded.import_needed";

/// Writes templates as they are to be, however many, in one statement.
pub(super) async fn put(
    client: &impl GenericClient,
    tenant: &TenantId,
    templates: &[StoredTemplate],
) -> Result<(), StoreError> {
    let rows: Vec<TemplateWrite<'_>> = templates.iter().map(TemplateWrite::new).collect();
    client.execute(&client.prepare_cached(PUT).await?, &[&tenant.as_str(), &rows]).await?;
    Ok(())
}
