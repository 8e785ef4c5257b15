//! Faults on demand: rules that make matching calls fail, hang, or lose their answer, or messages fail later.

use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{request::Request, world::digits};

/// A fault, tagged by `kind`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// A refusal with that code, and the HTTP status that goes with it unless another is named.
    Error { code: i64, status: Option<u16>, details: Option<String>, is_transient: Option<bool> },
    /// An answer without JSON, as from a proxy.
    Status { status: u16 },
    /// Accepts a message; later it fails with that code.
    Failed { code: i64 },
    /// Accepts a template message, but holds it for an assessment of its quality.
    Held {},
    /// Acts, then closes the connection without an answer.
    LostAnswer {},
    /// Closes the connection without acting.
    Reset {},
    /// Acts and answers after a while.
    Slow { ms: u64 },
    /// Never answers; acts first if asked to.
    Hang {
        #[serde(default)]
        act: bool,
    },
}

impl Fault {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Error { .. } => "error",
            Self::Status { .. } => "status",
            Self::Failed { .. } => "failed",
            Self::Held {} => "held",
            Self::LostAnswer {} => "lost_answer",
            Self::Reset {} => "reset",
            Self::Slow { .. } => "slow",
            Self::Hang { .. } => "hang",
        }
    }
}

/// Which calls a rule meets, and how often. Absent means any.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Scope {
    /// The object in the path: a number, an account, a template.
    pub object: Option<String>,
    /// `messages`, `media`, `message_templates`, …; empty for the object itself.
    pub edge: Option<String>,
    /// The recipient's phone or business-scoped id.
    pub to: Option<String>,
    pub after: i64,
    pub times: Option<i64>,
}

impl Scope {
    fn covers(&self, request: &Request) -> bool {
        let to = || request.body["to"].as_str().or_else(|| request.body["recipient"].as_str()).unwrap_or_default();
        let is_to = |name: &String| name == to() || (!name.contains('.') && digits(name) == digits(to()));
        self.object.as_ref().is_none_or(|object| *object == request.object)
            && self.edge.as_ref().is_none_or(|edge| *edge == request.edge)
            && self.to.as_ref().is_none_or(is_to)
    }
}

#[derive(Debug)]
struct Rule {
    id: u64,
    scope: Scope,
    fault: Fault,
    to_skip: i64,
    left: i64,
    met: u64,
}

/// All rules in force.
#[derive(Debug, Default)]
pub struct Faults(Mutex<(u64, Vec<Rule>)>);

impl Faults {
    pub fn add(&self, scope: Scope, fault: Fault) -> u64 {
        let mut rules = self.0.lock().expect("no panic while ruling");
        rules.0 += 1;
        let id = rules.0;
        let (to_skip, left) = (scope.after, scope.times.unwrap_or(i64::MAX));
        rules.1.push(Rule { id, scope, fault, to_skip, left, met: 0 });
        id
    }

    /// The first rule that meets this call; it is used up by one.
    pub fn meet(&self, request: &Request) -> Option<Fault> {
        let mut rules = self.0.lock().expect("no panic while ruling");
        for rule in rules.1.iter_mut().filter(|rule| rule.left > 0 && rule.scope.covers(request)) {
            if rule.to_skip > 0 {
                rule.to_skip -= 1;
                continue;
            }
            rule.left -= 1;
            rule.met += 1;
            return Some(rule.fault.clone());
        }
        None
    }

    pub fn list(&self) -> Vec<Value> {
        let rules = self.0.lock().expect("no panic while ruling");
        let shown = |rule: &Rule| json!({"id": rule.id, "scope": rule.scope, "fault": rule.fault, "met": rule.met});
        rules.1.iter().map(shown).collect()
    }

    pub fn clear(&self) {
        self.0.lock().expect("no panic while ruling").1.clear();
    }
}
