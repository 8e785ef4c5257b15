//! The webhook doctor and the poller, against a Bot API server, and what is forgotten. One program, so that it is linked once.
#![cfg(test)]

mod doctor;
mod poller;
mod retention;
mod support;
