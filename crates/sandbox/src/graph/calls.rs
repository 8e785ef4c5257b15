//! What programs called: a bounded ring for inspection.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use serde::Serialize;
use serde_json::Value;

/// One call with its answer.
#[derive(Debug, Serialize)]
pub struct Call {
    pub seq: u64,
    pub at_ms: i64,
    pub method: String,
    /// Without the version.
    pub path: String,
    /// The JSON body; null for an upload.
    pub body: Value,
    pub status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// The fault that was injected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<&'static str>,
}

/// A bounded ring of calls.
#[derive(Debug)]
pub struct CallLog {
    ring: Mutex<(u64, VecDeque<Arc<Call>>)>,
    max: usize,
}

impl CallLog {
    pub fn new(max: usize) -> Self {
        Self { ring: Mutex::default(), max }
    }

    /// Numbers the call and keeps it.
    pub fn push(&self, mut call: Call) -> Arc<Call> {
        let mut ring = self.ring.lock().expect("no panic while logging");
        ring.0 += 1;
        call.seq = ring.0;
        let call = Arc::new(call);
        ring.1.push_back(call.clone());
        if ring.1.len() > self.max {
            ring.1.pop_front();
        }
        call
    }

    /// The first `limit` calls after `since`, in order.
    pub fn since(&self, since: u64, limit: usize) -> Vec<Arc<Call>> {
        let ring = self.ring.lock().expect("no panic while logging");
        ring.1.iter().filter(|call| call.seq > since).take(limit).cloned().collect()
    }

    pub fn clear(&self) {
        *self.ring.lock().expect("no panic while logging") = (0, VecDeque::new());
    }
}
