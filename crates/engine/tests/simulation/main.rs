//! The engine's pure half under trouble: real lanes, limiter and leases; a simulated database, network and Bot API;
//! virtual time. Everything follows from a seed.
//!
//! `SIM_SEEDS=100000` runs more seeds, `SIM_SEED=7` one of them with its story, `SIM_CUTS=3` without some troubles.

mod call;
mod node;
mod random;
mod scenario;
mod table;
mod telegram;
mod transaction;
mod world;

use std::{
    env,
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use scenario::{CUTS, Mutation};
use world::{Failure, run};

/// Seeds of a usual run.
const SEEDS: u64 = 10_000;
/// Within so many seeds each mutation has to be noticed.
const MUTATION_SEEDS: u64 = 1_000;

fn number(name: &str) -> Option<u64> {
    env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} must be a number, not {text:?}")))
}

/// The first seed from 0 on that fails, searched on all cores.
fn first_failure(seeds: u64, mutation: Mutation) -> Option<u64> {
    let (next, failed) = (AtomicU64::new(0), AtomicU64::new(u64::MAX));
    let search = || loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= seeds.min(failed.load(Ordering::Relaxed)) {
            return;
        }
        if run(seed, 0, mutation, false).is_err() {
            failed.fetch_min(seed, Ordering::Relaxed);
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        (0..threads).for_each(|_| drop(scope.spawn(search)));
    });
    Some(failed.into_inner()).filter(|seed| *seed != u64::MAX)
}

/// Takes out every kind of trouble without which the seed still fails.
fn shrink(seed: u64) -> u32 {
    CUTS.iter().fold(0, |cuts, (_, bit)| {
        let fewer = cuts | bit;
        if run(seed, fewer, Mutation::None, false).is_err() { fewer } else { cuts }
    })
}

fn report(seed: u64, cuts: u32) -> String {
    let left: Vec<&str> = CUTS.iter().filter(|(_, bit)| cuts & bit == 0).map(|(name, _)| *name).collect();
    let Err(Failure { what, trace }) = run(seed, cuts, Mutation::None, true) else {
        return format!("seed {seed} with cuts {cuts} holds");
    };
    format!(
        "{what}\nneeds: {}\n\n{trace}\nreplay: SIM_SEED={seed} SIM_CUTS={cuts} cargo nextest run -p engine --test simulation every_rule_holds",
        left.join(", ")
    )
}

#[test]
fn every_rule_holds() {
    if let Some(seed) = number("SIM_SEED") {
        let cuts = number("SIM_CUTS").unwrap_or(0) as u32;
        assert!(run(seed, cuts, Mutation::None, false).is_ok(), "{}", report(seed, cuts));
        return;
    }
    if let Some(seed) = first_failure(number("SIM_SEEDS").unwrap_or(SEEDS), Mutation::None) {
        panic!("{}", report(seed, shrink(seed)));
    }
}

#[test]
fn a_seed_tells_the_same_story_twice() {
    for seed in 0..200 {
        let (quiet, told) = (run(seed, 0, Mutation::None, false), run(seed, 0, Mutation::None, true));
        assert_eq!(quiet.ok(), told.ok(), "seed {seed}");
    }
}

fn is_noticed(mutation: Mutation) {
    assert!(first_failure(MUTATION_SEEDS, mutation).is_some(), "{mutation:?} goes unnoticed");
}

#[test]
fn a_dropped_settlement_is_noticed() {
    is_noticed(Mutation::DropSettle);
}

#[test]
fn a_skipped_fencing_check_is_noticed() {
    is_noticed(Mutation::SkipFence);
}

#[test]
fn a_window_counted_from_the_request_is_noticed() {
    is_noticed(Mutation::CountFromRequest);
}

#[test]
fn a_lane_forgotten_on_a_crash_is_noticed() {
    is_noticed(Mutation::ForgetOnCrash);
}

#[test]
fn an_owner_that_ignores_its_deadline_is_noticed() {
    is_noticed(Mutation::IgnoreDeadline);
}

#[test]
fn a_burial_before_the_end_of_the_lease_is_noticed() {
    is_noticed(Mutation::BuryEarly);
}

#[test]
fn a_pause_that_is_not_written_is_noticed() {
    is_noticed(Mutation::ForgetPause);
}
