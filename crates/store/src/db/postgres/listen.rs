//! `LISTEN` on a connection of its own, made anew whenever it breaks.

use std::{collections::HashSet, future::poll_fn, sync::Arc, time::Duration};

use model::Result;
use tokio::{runtime::Handle, sync::Notify, task::JoinHandle, time::sleep};
use tokio_postgres::{AsyncMessage, Client};

use super::{
    super::{
        error,
        notify::{Hub, Wake},
    },
    Target,
};

const RECONNECT_FIRST: Duration = Duration::from_millis(100);
const RECONNECT_MAX: Duration = Duration::from_secs(5);

pub(super) struct Task {
    added: Arc<Notify>,
    handle: JoinHandle<()>,
}

impl Task {
    pub(super) fn start(target: Target, hub: Hub, runtime: &Handle) -> Self {
        let added = Arc::new(Notify::new());
        let handle = runtime.spawn(keep_listening(target, hub, added.clone()));
        Self { added, handle }
    }

    pub(super) fn channel_added(&self) {
        self.added.notify_one();
    }

    pub(super) fn stop(&self) {
        self.handle.abort();
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn keep_listening(target: Target, hub: Hub, added: Arc<Notify>) {
    let mut pause = RECONNECT_FIRST;
    loop {
        let mut listened = HashSet::new();
        let error = listen(&target, &hub, &added, &mut listened).await;
        // It had worked: begin with the short pause again.
        if !listened.is_empty() {
            pause = RECONNECT_FIRST;
        }
        tracing::warn!(error = ?error.err(), "The connection that listens on PostgreSQL broke; it is made anew.");
        sleep(pause).await;
        pause = (pause * 2).min(RECONNECT_MAX);
    }
}

/// Listens until the connection breaks. `listened` tells how far it came.
async fn listen(target: &Target, hub: &Hub, added: &Notify, listened: &mut HashSet<&'static str>) -> Result<()> {
    let failed = |fault| error::postgres("listen", fault);
    let (client, mut connection) = target.connect().await.map_err(failed)?;
    let receive = async {
        while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
            if let AsyncMessage::Notification(notification) = message.map_err(failed)? {
                hub.publish(notification.channel(), Wake::Payload(notification.payload().into()));
            }
        }
        Ok(())
    };
    let subscribe = async {
        loop {
            add_channels(&client, hub, listened).await?;
            added.notified().await;
        }
    };
    tokio::select! {
        ended = receive => ended,
        ended = subscribe => ended,
    }
}

async fn add_channels(client: &Client, hub: &Hub, listened: &mut HashSet<&'static str>) -> Result<()> {
    for channel in hub.channels() {
        if !listened.contains(channel) {
            let command = format!("LISTEN \"{channel}\"");
            client.batch_execute(&command).await.map_err(|fault| error::postgres(&command, fault))?;
            listened.insert(channel);
        }
        // Also for a channel that is known: its newest listener waits to hear that it is on air.
        hub.publish(channel, Wake::Missed);
    }
    Ok(())
}
