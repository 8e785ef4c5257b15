//! What the three parsers have in common: reading bytes, and writing text while counting UTF-16 code units.

use super::{Entity, Formatted, sort};

/// The source of a parse mode, read byte by byte; past its end stands a zero.
pub struct Source<'a>(pub &'a [u8]);

impl Source<'_> {
    pub fn at(&self, index: usize) -> u8 {
        self.0.get(index).copied().unwrap_or(0)
    }

    pub fn text(&self, begin: usize, end: usize) -> String {
        String::from_utf8_lossy(&self.0[begin..end.max(begin)]).into_owned()
    }

    /// The end of a run of bytes that are neither space nor `stop`.
    pub fn until_space_or(&self, mut index: usize, stop: u8) -> usize {
        while !is_space(self.at(index)) && self.at(index) != stop {
            index += 1;
        }
        index
    }
}

pub fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0 | 0x0B)
}

/// Text that is being written, with its length so far in UTF-16 code units.
#[derive(Default)]
pub struct Output {
    pub bytes: Vec<u8>,
    pub units: usize,
}

impl Output {
    /// Takes over one byte of UTF-8; a character counts with its first byte.
    pub fn push(&mut self, byte: u8) {
        if byte & 0xC0 != 0x80 {
            self.units += if byte >= 0xF0 { 2 } else { 1 };
        }
        self.bytes.push(byte);
    }

    pub fn push_char(&mut self, char: char) {
        char.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| self.push(byte));
    }

    pub fn since(&self, begin: usize) -> String {
        String::from_utf8_lossy(&self.bytes[begin..]).into_owned()
    }

    pub fn finish(self, mut entities: Vec<Entity>) -> Formatted {
        sort(&mut entities);
        Formatted { text: String::from_utf8_lossy(&self.bytes).into_owned(), entities }
    }
}
