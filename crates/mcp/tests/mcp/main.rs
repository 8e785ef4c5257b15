//! The tools as a client meets them: through the real router in-process, on both databases.
#![cfg(test)]

mod broadcasts;
mod contacts;
mod door;
mod inbox;
mod limits;
mod rights;
mod send;
mod world;
