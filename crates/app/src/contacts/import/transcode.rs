//! Files in UTF-16 become UTF-8 on their way into the storage; everything else is kept as it came.

use std::sync::{Arc, OnceLock};

use bytes::{Bytes, BytesMut};
use encoding_rs::{Decoder, UTF_16BE, UTF_16LE};

/// Enough to tell UTF-16 from other encodings.
const SNIFFED_BYTES: usize = 4;

/// Takes a file piece by piece.
pub(super) struct Transcoder {
    /// What came before enough was there to look at.
    first: BytesMut,
    state: State,
    was_utf16: Arc<OnceLock<()>>,
}

enum State {
    Unknown,
    AsItIs,
    Utf16(Box<Decoder>),
}

impl Transcoder {
    /// `was_utf16` is set when the file turns out to be so.
    pub(super) fn new(was_utf16: Arc<OnceLock<()>>) -> Self {
        Self { first: BytesMut::new(), state: State::Unknown, was_utf16 }
    }

    pub(super) fn push(&mut self, piece: Bytes) -> Bytes {
        if let State::Unknown = self.state {
            self.first.extend_from_slice(&piece);
            if self.first.len() < SNIFFED_BYTES {
                return Bytes::new();
            }
            self.state = self.sniffed();
            let first = std::mem::take(&mut self.first).freeze();
            return self.decode(first, false);
        }
        self.decode(piece, false)
    }

    /// What is left at the end of the file.
    pub(super) fn finish(&mut self) -> Bytes {
        let first = std::mem::take(&mut self.first).freeze();
        self.decode(first, true)
    }

    fn sniffed(&self) -> State {
        let decoder = match self.first[..SNIFFED_BYTES] {
            [0xff, 0xfe, ..] => UTF_16LE.new_decoder_with_bom_removal(),
            [0xfe, 0xff, ..] => UTF_16BE.new_decoder_with_bom_removal(),
            // Latin letters without a mark.
            [one, 0, other, 0] if one != 0 && other != 0 => UTF_16LE.new_decoder_without_bom_handling(),
            [0, one, 0, other] if one != 0 && other != 0 => UTF_16BE.new_decoder_without_bom_handling(),
            _ => return State::AsItIs,
        };
        let _ = self.was_utf16.set(());
        State::Utf16(Box::new(decoder))
    }

    /// A character that is cut by the end of the file becomes the sign for what can't be read.
    fn decode(&mut self, piece: Bytes, is_end: bool) -> Bytes {
        let State::Utf16(decoder) = &mut self.state else { return piece };
        let room = decoder.max_utf8_buffer_length(piece.len()).unwrap_or(piece.len().saturating_mul(3));
        let mut text = String::with_capacity(room);
        let _ = decoder.decode_to_string(&piece, &mut text, is_end);
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(pieces: &[&[u8]]) -> (String, bool) {
        let flag = Arc::new(OnceLock::new());
        let mut transcoder = Transcoder::new(flag.clone());
        let mut all: Vec<u8> = Vec::new();
        for piece in pieces {
            all.extend(transcoder.push(Bytes::copy_from_slice(piece)));
        }
        all.extend(transcoder.finish());
        (String::from_utf8_lossy(&all).into_owned(), flag.get().is_some())
    }

    #[test]
    fn utf_16_becomes_utf_8_whatever_the_pieces() {
        let text = "name;größe\nAda;😀\n";
        let little: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [little, big] {
            assert_eq!(through(&[&bytes]), (text.to_owned(), true));
            let single: Vec<&[u8]> = bytes.chunks(1).collect();
            assert_eq!(through(&single), (text.to_owned(), true));
        }
        assert_eq!(through(&[text.as_bytes()]), (text.to_owned(), false));
        assert_eq!(through(&[b"a"]), ("a".to_owned(), false));
        assert_eq!(through(&[]), (String::new(), false));
    }
}
