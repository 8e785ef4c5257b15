//! Finished spans of `tracing`, in the form in which OpenTelemetry writes them down (OTLP, JSON).

use std::fmt;

use model::Ids;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc::Sender;
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{Layer, layer::Context, registry::LookupSpan};

use crate::real::{SystemClock, SystemIds};

/// Fields of one span at most; more are left out.
const FIELDS_MAX: usize = 32;

/// Hands finished spans on, and drops them when nobody keeps up.
pub struct Spans {
    pub out: Sender<Value>,
    pub ids: SystemIds,
}

/// What is known of a span while it is open.
struct Open {
    trace_id: String,
    span_id: String,
    parent_id: Option<String>,
    started_ns: u128,
    is_error: bool,
    fields: Fields,
}

#[derive(Default)]
struct Fields(Map<String, Value>);

impl<S> Layer<S> for Spans
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let parent = span.parent().and_then(|parent| {
            let open = parent.extensions();
            open.get::<Open>().map(|open| (open.trace_id.clone(), open.span_id.clone()))
        });
        // What a caller in front of us says of itself (W3C Trace Context).
        let parent = parent.or_else(|| caller(fields.0.remove("traceparent")?.as_str()?));
        let (trace_id, parent_id) = parent.unzip();
        let open = Open {
            trace_id: trace_id.unwrap_or_else(|| self.random::<16>()),
            span_id: self.random::<8>(),
            parent_id,
            started_ns: SystemClock::now_ns(),
            is_error: false,
            fields,
        };
        span.extensions_mut().insert(open);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(open) = span.extensions_mut().get_mut::<Open>() {
            values.record(&mut open.fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if *event.metadata().level() != Level::ERROR {
            return;
        }
        let Some(span) = context.event_span(event) else { return };
        if let Some(open) = span.extensions_mut().get_mut::<Open>() {
            open.is_error = true;
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let Some(open) = span.extensions_mut().remove::<Open>() else { return };
        // A full channel means a collector that is slow or away: the service goes on without its traces.
        let _ = self.out.try_send(open.document(span.name(), SystemClock::now_ns()));
    }
}

impl Spans {
    fn random<const N: usize>(&self) -> String {
        let mut bytes = [0; N];
        self.ids.fill(&mut bytes);
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl Open {
    fn document(self, name: &str, ended_ns: u128) -> Value {
        // 2: it answers somebody; 1: inside. 2: error.
        let kind = if name == "request" { 2 } else { 1 };
        let status = if self.is_error { json!({"code": 2}) } else { json!({}) };
        json!({
            "traceId": self.trace_id, "spanId": self.span_id, "parentSpanId": self.parent_id.unwrap_or_default(),
            "name": name, "kind": kind, "startTimeUnixNano": self.started_ns.to_string(),
            "endTimeUnixNano": ended_ns.to_string(), "attributes": attributes(self.fields.0), "status": status,
        })
    }
}

/// In the form `{"key", "value": {"stringValue"}}`.
pub fn attributes(fields: Map<String, Value>) -> Vec<Value> {
    let typed = |value: Value| match value {
        Value::Bool(value) => json!({"boolValue": value}),
        Value::Number(value) if value.is_i64() || value.is_u64() => json!({"intValue": value.to_string()}),
        Value::Number(value) => json!({"doubleValue": value}),
        Value::String(value) => json!({"stringValue": value}),
        other => json!({"stringValue": other.to_string()}),
    };
    fields.into_iter().map(|(key, value)| json!({"key": key, "value": typed(value)})).collect()
}

/// Trace and span of `00-<32 hex digits>-<16 hex digits>-<flags>`.
fn caller(text: &str) -> Option<(String, String)> {
    let mut parts = text.split('-');
    let (version, trace, span) = (parts.next()?, parts.next()?, parts.next()?);
    let is_hex =
        |text: &str, length| text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let is_set = |text: &str| text.bytes().any(|b| b != b'0');
    let is_good = is_hex(version, 2) && is_hex(trace, 32) && is_hex(span, 16) && is_set(trace) && is_set(span);
    is_good.then(|| (trace.to_owned(), span.to_owned()))
}

impl Fields {
    fn set(&mut self, field: &Field, value: Value) {
        if self.0.len() < FIELDS_MAX {
            self.0.insert(field.name().to_owned(), value);
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.set(field, Value::String(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, value.into());
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[test]
    fn spans_know_their_parents_and_callers() {
        let (out, mut told) = mpsc::channel(8);
        let subscriber = tracing_subscriber::registry().with(Spans { out, ids: SystemIds::new() });
        tracing::subscriber::with_default(subscriber, || {
            let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
            let request = tracing::info_span!("request", traceparent, status = tracing::field::Empty);
            request.record("status", 200);
            request
                .in_scope(|| tracing::info_span!("call", method = "getMe").in_scope(|| tracing::error!("no answer")));
        });
        let (call, request) = (told.try_recv().unwrap(), told.try_recv().unwrap());
        assert_eq!(request["traceId"], "0af7651916cd43dd8448eb211c80319c");
        assert_eq!(request["parentSpanId"], "b7ad6b7169203331");
        assert_eq!(request["attributes"], json!([{"key": "status", "value": {"intValue": "200"}}]));
        assert_eq!((&call["traceId"], &call["parentSpanId"]), (&request["traceId"], &request["spanId"]));
        assert_eq!((&call["status"]["code"], &request["status"]), (&json!(2), &json!({})));
    }

    #[test]
    fn a_malformed_caller_is_none() {
        for text in ["", "00-1-2-01", "00-00000000000000000000000000000000-b7ad6b7169203331-01", "zz-x-y"] {
            assert_eq!(caller(text), None, "{text}");
        }
    }
}
