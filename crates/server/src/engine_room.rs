//! Everything that runs by itself, wired together: one list.

use std::sync::Arc;

use app::{
    App,
    contacts::{ContactJobs, import::Importer},
    mail::Postman,
    webhooks::Webhooks,
};
use engine::{
    answers::{self, Answers},
    delivery::{
        driver::{Deps, Driver},
        planner::Config,
    },
    doctor::Doctor,
    inbound::Inbound,
    poller::Poller,
    retention::Retention,
    schedules::Schedules,
};
use tokio::{sync::mpsc, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{feeder, node::Node, settings::Settings};

/// The most by which the calendars of two nodes differ: what one wrote down about times counts that much later at another.
const CLOCK_SKEW_MS: i64 = 1_000;

/// Starts it all, to run until `stop`.
pub fn start(app: &App, settings: &Settings, mut node: Node, stop: &CancellationToken, tasks: &mut JoinSet<()>) {
    let (answer, waiting) = mpsc::channel(answers::WAITING_MAX);
    let inbound = Inbound::new(app.db.clone(), app.clock.clone(), app.ids.clone(), answer, node.share("inbound"));
    tasks.spawn(inbound.run(stop.clone()));
    let answers = Answers { db: app.db.clone(), cipher: app.cipher.clone(), bot_api: app.bot_api.clone(), waiting };
    tasks.spawn(answers.run(stop.clone()));
    tasks.spawn(Driver::run(deps(app, &node), stop.clone()));
    tasks.spawn(feeder::run(app.clone(), node.share("broadcasts"), stop.clone()));
    tasks.spawn(feeder::tell_menus(app.clone(), node.share("automation"), stop.clone()));
    tasks.spawn(feeder::automate(app.clone(), node.share("automation"), stop.clone()));
    let schedules = Schedules {
        db: app.db.clone(),
        clock: app.clock.clone(),
        ids: app.ids.clone(),
        share: node.share("schedules"),
    };
    tasks.spawn(schedules.run(stop.clone()));
    tasks.spawn(doctor(app, &node).run(stop.clone()));
    let poller = Poller {
        db: app.db.clone(),
        clock: app.clock.clone(),
        cipher: app.cipher.clone(),
        bot_api: app.bot_api.clone(),
        share: node.share("poll"),
    };
    tasks.spawn(poller.run(stop.clone()));
    tasks.spawn(Importer(app.clone()).run(stop.clone()));
    tasks.spawn(ContactJobs(app.clone()).run(stop.clone()));
    tasks.spawn(Webhooks::new(app.clone(), api::shows(app)).run(stop.clone()));
    if let Some(postman) = Postman::of(app) {
        tasks.spawn(postman.run(stop.clone()));
    }
    let retention =
        Retention { db: app.db.clone(), clock: app.clock.clone(), kept: settings.kept, share: node.share("schedules") };
    tasks.spawn(retention.run(stop.clone()));
    if let Some(duties) = node.duties.take() {
        tasks.spawn(duties.run(stop.clone()));
    }
}

fn doctor(app: &App, node: &Node) -> Doctor {
    Doctor {
        db: app.db.clone(),
        clock: app.clock.clone(),
        ids: app.ids.clone(),
        cipher: app.cipher.clone(),
        bot_api: app.bot_api.clone(),
        graph_api: app.graph_api.clone(),
        hooks: app.hooks.clone(),
        base_url: app.settings.base_url.clone(),
        share: node.share("doctor"),
    }
}

fn deps(app: &App, node: &Node) -> Deps {
    let settings = &app.settings;
    let config = Config {
        bot_rate: settings.bot_rate,
        chat_rate: settings.chat_rate,
        group_rate: settings.group_rate,
        max_retries: settings.max_retries,
        clock_skew_ms: if node.nodes.is_alone() { 0 } else { CLOCK_SKEW_MS },
        ..Config::default()
    };
    Deps {
        db: app.db.clone(),
        clock: app.clock.clone(),
        bot_api: app.bot_api.clone(),
        graph_api: app.graph_api.clone(),
        cipher: app.cipher.clone(),
        feeder: Arc::new(feeder::Broadcasts(app.clone())),
        nodes: node.nodes.clone(),
        bot_rate: settings.bot_rate,
        total_rate: settings.total_rate,
        total_share: node.share("total"),
        config,
        seed: u64::from_be_bytes(app.ids.random()),
    }
}
