//! An event's public id. The table is numbered by `seq` alone, so that storing an event costs one index less; outside it
//! is a UUID of version 7 like every other id, built from `created_at` and `seq`.

use model::{Id, Timestamp, event::Event};
use uuid::Uuid;

const SEQ_BITS: u32 = 62;
const SEQ_MASK: u64 = (1 << SEQ_BITS) - 1;
const TIME_MASK: u64 = (1 << 48) - 1;
const VERSION_7: u64 = 0x7000;
const VARIANT: u64 = 0b10 << SEQ_BITS;

/// The public id of the event `seq`.
pub fn id_of(created_at: Timestamp, seq: i64) -> Id<Event> {
    let time = created_at.as_ms().max(0).unsigned_abs() & TIME_MASK;
    let seq = seq.unsigned_abs() & SEQ_MASK;
    Id::from_uuid(Uuid::from_u64_pair(time << 16 | VERSION_7, VARIANT | seq))
}

/// The `seq` that an id names; `None` when it can't be an event's id.
pub fn seq_of(id: Id<Event>) -> Option<i64> {
    let (high, low) = id.as_uuid().as_u64_pair();
    let seq = i64::try_from(low & SEQ_MASK).ok()?;
    let created_at = Timestamp::from_ms(i64::try_from(high >> 16).ok()?);
    (id_of(created_at, seq) == id).then_some(seq)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_its_event_and_is_a_uuid_of_version_7() {
        for seq in [1, 2, 1 << 40, (1 << 62) - 1] {
            let id = id_of(Timestamp::from_ms(1_795_000_000_123), seq);
            assert_eq!(seq_of(id), Some(seq));
            assert_eq!(id.as_uuid().get_version_num(), 7);
            let (seconds, nanos) = id.as_uuid().get_timestamp().unwrap().to_unix();
            assert_eq!((seconds, nanos), (1_795_000_000, 123_000_000));
        }
    }

    #[test]
    fn ids_sort_as_their_events() {
        let at = Timestamp::from_ms(1_795_000_000_000);
        assert!(id_of(at, 1) < id_of(at, 2));
        assert!(id_of(at, 2) < id_of(at + 1, 1));
    }

    #[test]
    fn other_uuids_are_no_events() {
        for text in ["01939d5e-2b7c-4cc3-98c4-dc0c0c07398f", "01939d5e-2b7c-7cc3-98c4-dc0c0c07398f"] {
            assert_eq!(seq_of(text.parse().unwrap()), None, "{text}");
        }
    }
}
