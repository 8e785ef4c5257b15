//! Bots, the webhook and events, through the whole service and against a Bot API server.
#![cfg(test)]

mod bots;
mod change;
mod events;
mod menu;
mod support;
mod typing;
mod webhook;
