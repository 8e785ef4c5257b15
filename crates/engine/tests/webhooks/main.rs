//! The webhook doctor and the poller, against a Bot API server. One program, so that it is linked once.
#![cfg(test)]

mod doctor;
mod poller;
mod support;
