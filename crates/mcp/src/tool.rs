//! What a tool is: how it is listed, the right that it needs, and what it does.

use std::fmt;

use futures::{FutureExt, future::BoxFuture};
use model::{Error, Permission, Result};
use rmcp::model::{JsonObject, Tool as Listed, ToolAnnotations};
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{argument, caller::Call, schema};

type Run = Box<dyn Fn(Call, JsonObject) -> BoxFuture<'static, Result<Value>> + Send + Sync>;

/// One tool.
pub(crate) struct Tool {
    pub listed: Listed,
    pub needs: Permission,
    pub run: Run,
}

impl fmt::Debug for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tool({})", self.listed.name)
    }
}

/// What a tool says of itself.
pub(crate) struct About {
    pub name: &'static str,
    pub title: &'static str,
    pub description: &'static str,
    pub needs: Permission,
    pub effect: Effect,
}

/// What calling a tool does, as clients need it to decide whether to ask a person first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Looks at what we have.
    Look,
    /// Looks, and asks Telegram.
    Ask,
    /// Makes something new here.
    Make,
    /// Writes to people.
    Send,
    /// Sets something that can be set back.
    Set,
    /// Replaces or ends what was there.
    Replace,
}

impl Effect {
    fn annotations(self, title: &str) -> ToolAnnotations {
        let reads = matches!(self, Effect::Look | Effect::Ask);
        let repeatable = matches!(self, Effect::Look | Effect::Ask | Effect::Set | Effect::Replace);
        ToolAnnotations::with_title(title)
            .read_only(reads)
            .destructive(self == Effect::Replace)
            .idempotent(repeatable)
            .open_world(matches!(self, Effect::Ask | Effect::Send))
    }
}

impl Tool {
    pub(crate) fn new<A, O, F, R>(about: About, run: F) -> Self
    where
        A: DeserializeOwned + JsonSchema + Send + 'static,
        O: Serialize + JsonSchema,
        F: Fn(Call, A) -> R + Send + Sync + 'static,
        R: Future<Output = Result<O>> + Send + 'static,
    {
        let About { name, title, description, needs, effect } = about;
        let listed = Listed::new(name, description, schema::of_arguments::<A>())
            .with_title(title)
            .with_raw_output_schema(schema::of_result::<O>())
            .with_annotations(effect.annotations(title));
        let run: Run = Box::new(move |call, arguments| match argument::read::<A>(arguments) {
            Ok(arguments) => run(call, arguments).map(|done| done.and_then(value)).boxed(),
            Err(error) => futures::future::ready(Err(error)).boxed(),
        });
        Self { listed, needs, run }
    }
}

fn value<O: Serialize>(result: O) -> Result<Value> {
    serde_json::to_value(result).map_err(|e| Error::internal("a tool's result is no JSON").with_source(e))
}
