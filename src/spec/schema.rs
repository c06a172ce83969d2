//! The JSON Schema of a site file, made from the types and their doc comments.

use super::SiteSpec;
use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use serde_json::{Value, json};

/// The schema in draft-07, which every editor reads.
pub fn json_schema() -> Value {
    let mut schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<SiteSpec>();
    RecursiveTransform(drop_null).transform(&mut schema);
    RecursiveTransform(list_required).transform(&mut schema);
    RecursiveTransform(above_zero).transform(&mut schema);
    schema.insert("$id".into(), "site.schema.json".into());
    schema.insert("title".into(), "trigger-gen site file".into());
    if let Some(version) = schema.pointer_mut("/properties/version").and_then(Value::as_object_mut)
    {
        *version = json!({ "description": version.get("description"), "const": 1 })
            .as_object()
            .cloned()
            .unwrap_or_default();
    }
    schema.to_value()
}

/// An absent key is absent: `null` is refused by the compiler, so the schema must not offer it.
fn drop_null(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    if let Some(types) = object.get_mut("type").and_then(Value::as_array_mut) {
        types.retain(|it| it != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".into(), only);
        }
    }
    let null = json!({ "type": "null" });
    let Some(branches) = object.get_mut("anyOf").and_then(Value::as_array_mut) else { return };
    if branches.len() == 2 && branches.contains(&null) {
        branches.retain(|it| *it != null);
        let meant = branches.remove(0);
        object.remove("anyOf");
        object.insert("allOf".into(), json!([meant]));
    }
    object.remove("format");
}

/// Every count is a number above zero.
fn above_zero(schema: &mut Schema) {
    if schema.get("format").and_then(Value::as_str) == Some("uint32") {
        schema.remove("format");
        schema.insert("minimum".into(), json!(1));
    }
}

/// Each key carries a mark of whether it is required; the mapping lists those that are.
fn list_required(schema: &mut Schema) {
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    let mut required = Vec::new();
    for (name, property) in properties {
        let need = property.as_object_mut().and_then(|it| it.shift_remove("x-need"));
        if need == Some(json!("required")) || need == Some(json!("expected")) {
            required.push(json!(name));
        }
    }
    if !required.is_empty() {
        schema.insert("required".into(), Value::Array(required));
    }
}
