//! The service through its router, on both databases. One program, so that it is linked once.
#![cfg(test)]

mod accounts;
mod activity;
mod automation;
mod broadcast;
mod broadcast_content;
mod broadcast_results;
mod broadcast_steering;
mod broadcast_whatsapp;
mod contact_jobs;
mod contacts;
mod http;
mod idempotency;
mod imports;
mod inbox;
mod inbox_teams;
mod inbox_writing;
mod mail;
mod media;
mod members;
mod merges;
mod message_lists;
mod pages;
mod permissions;
mod phones;
mod queue;
mod realtime;
mod search;
mod segments;
mod session;
mod socket;
mod tenant_settings;
mod webhooks;
