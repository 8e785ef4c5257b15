//! What the operator set: flags beat the environment, the environment beats the file, the file beats defaults.

mod names;
mod resolve;
mod typed;

pub use names::{SETTINGS, Setting};
pub use resolve::{Resolved, resolve};
pub(crate) use typed::log_format;
pub use typed::{LogFormat, Roles, Settings};
