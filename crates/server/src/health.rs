//! What `/healthz` and `/metrics` tell of this node, read from memory.

use std::{collections::BTreeMap, sync::Arc};

use engine::nodes::Nodes;
use tokio::sync::watch;

use crate::{node::Node, settings::Roles};

/// Asked by the API.
#[derive(Debug)]
pub struct Health {
    nodes: Nodes,
    name: String,
    roles: Roles,
    duties: Option<watch::Receiver<Arc<BTreeMap<String, i64>>>>,
}

impl Health {
    pub fn of(node: &Node) -> Self {
        Self {
            nodes: node.nodes.clone(),
            name: node.name.clone(),
            roles: node.roles,
            duties: node.duties.as_ref().map(engine::nodes::Duties::held),
        }
    }
}

impl api::NodeHealth for Health {
    fn node(&self) -> api::ThisNode {
        let view = self.nodes.view();
        let others = view.nodes.iter().filter(|node| node.id != view.me);
        api::ThisNode {
            id: view.me.clone(),
            name: self.name.clone(),
            roles: self.roles.to_string().split(',').map(str::to_owned).collect(),
            has_lease: self.nodes.is_held(),
            lanes: self.nodes.lanes(),
            duties: self.duties.as_ref().map(|held| held.borrow().keys().cloned().collect()),
            others: others
                .map(|node| api::OtherNode {
                    id: node.id.clone(),
                    name: node.name.clone(),
                    roles: node.roles.split(',').map(str::to_owned).collect(),
                    takes_work: node.takes_work,
                    started_at: node.started_at,
                })
                .collect(),
        }
    }
}
