//! The whole product from outside: the real binary, a Bot API server in Telegram's place, both databases.
#![cfg(test)]

mod broadcasts;
mod commands;
mod crash;
mod cuts;
mod faults;
mod limits;
mod line;
mod nodes;
mod postgres;
mod round;
mod second_channel;
mod service;
mod story;
mod threads;
mod whatsapp;
mod world;
