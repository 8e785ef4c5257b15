//! Broadcasts: making and changing them, starting and stopping them, and turning their recipients into messages.
//!
//! `script` checks and fills in what is said, `feed` and `jobs` are what the installation does by itself.

mod act;
mod again;
mod change;
mod create;
mod dry_run;
mod estimate;
mod feed;
mod jobs;
mod links;
mod press;
mod results;
mod sample;
mod script;
mod survey;
mod templates;
mod trial;
mod ways;

pub use act::{Act, act};
pub use again::{duplicate, retry};
pub use change::{Change, change, change_rate, delete};
pub use create::{Listed, New, create};
pub use dry_run::{LeftOut, Preview, dry_run};
pub use estimate::{Outlook, eta_seconds, outlook};
pub use feed::feed;
pub use jobs::{freeze_step, start_scheduled};
pub use links::{Visit, follow};
pub use results::{Results, Series, results, series};
pub use sample::{By, Reader, Sample, Warning, sample};
pub(crate) use script::variable;
pub use survey::{Reached, Survey, Who, survey};
pub use templates::{Written, change_template, create_template, delete_template, template, variables};
pub use trial::{oneself, send_test};

/// How many contacts one request may list.
pub const RECIPIENTS_MAX: usize = 100_000;
