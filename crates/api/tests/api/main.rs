//! The service through its router, on both databases. One program, so that it is linked once.

mod accounts;
mod http;
mod idempotency;
mod pages;
mod permissions;
