//! A transaction body on its way to a database thread, with the channel for its answer.

use model::{Error, Result};
use tokio::sync::oneshot;

use super::{super::Tx, queue::Queue};

/// A body whose types are hidden: it is run, perhaps undone, then answered.
pub(super) trait Job: Send {
    /// Runs the body and keeps its result. `false`: it failed, so what it wrote must be undone.
    fn run(&mut self, tx: &mut Tx) -> bool;

    /// Answers with the kept result, or with `failure` if there is one.
    fn answer(self: Box<Self>, failure: Option<Error>);

    /// Nobody waits for the answer any more.
    fn is_abandoned(&self) -> bool;
}

struct Typed<T, F> {
    body: F,
    result: Option<Result<T>>,
    answer: oneshot::Sender<Result<T>>,
}

impl<T: Send, F: Fn(&mut Tx) -> Result<T> + Send> Job for Typed<T, F> {
    fn run(&mut self, tx: &mut Tx) -> bool {
        let result = tx.attempt(&self.body);
        let succeeded = result.is_ok();
        self.result = Some(result);
        succeeded
    }

    fn answer(self: Box<Self>, failure: Option<Error>) {
        let result = match (failure, self.result) {
            // The body's own error says more than the failure of its batch.
            (_, Some(Err(error))) | (Some(error), _) => Err(error),
            (None, Some(Ok(value))) => Ok(value),
            (None, None) => Err(Error::internal("a transaction body was answered before it ran")),
        };
        // The caller may have gone; what was committed stays.
        let _ = self.answer.send(result);
    }

    fn is_abandoned(&self) -> bool {
        self.answer.is_closed()
    }
}

pub(super) async fn submit<T, F>(queue: &Queue<Box<dyn Job>>, body: F) -> Result<T>
where
    T: Send + 'static,
    F: Fn(&mut Tx) -> Result<T> + Send + 'static,
{
    let (answer, answered) = oneshot::channel();
    queue.push(Box::new(Typed { body, result: None, answer })).await?;
    answered.await.unwrap_or_else(|_| Err(Error::unavailable("the database thread ended")))
}
