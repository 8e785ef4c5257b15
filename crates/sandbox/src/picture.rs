//! Pictures: telling what bytes are, and drawing samples for whoever sends one without having one.

use bytes::Bytes;

/// What a picture's header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture {
    pub mime_type: &'static str,
    pub width: u32,
    pub height: u32,
}

/// The picture that these bytes are, if they are one that Telegram can process.
pub fn sniff(bytes: &[u8]) -> Option<Picture> {
    let be32 = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let le16 = |at: usize| Some(u32::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some(Picture { mime_type: "image/png", width: be32(16)?, height: be32(20)? });
    }
    if bytes.starts_with(b"GIF8") {
        return Some(Picture { mime_type: "image/gif", width: le16(6)?, height: le16(8)? });
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        let (width, height) = webp_size(bytes).unwrap_or((512, 512));
        return Some(Picture { mime_type: "image/webp", width, height });
    }
    if bytes.starts_with(b"\xFF\xD8") {
        let (width, height) = jpeg_size(bytes)?;
        return Some(Picture { mime_type: "image/jpeg", width, height });
    }
    None
}

fn webp_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let le24 = |at: usize| bytes.get(at..at + 3).map(|b| u32::from_le_bytes([b[0], b[1], b[2], 0]));
    (bytes.get(12..16)? == b"VP8X").then_some(())?;
    Some((le24(24)? + 1, le24(27)? + 1))
}

/// The size stands in the first frame header (SOF0 to SOF15, but for tables among them).
fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let be16 = |at: usize| Some(u32::from(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
    let mut at = 2;
    loop {
        let marker = *bytes.get(at + 1)?;
        if *bytes.get(at)? != 0xFF {
            return None;
        }
        if matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC) {
            return Some((be16(at + 7)?, be16(at + 5)?));
        }
        at += 2 + be16(at + 2)? as usize;
    }
}

/// A plain PNG of that size with a slanted light, coloured by `tint`.
pub fn sample(width: u32, height: u32, tint: u64) -> Bytes {
    let mut raw = Vec::with_capacity((height * (width + 1)) as usize);
    for y in 0..height {
        raw.push(0);
        raw.extend((0..width).map(|x| ((x * 128 / width.max(1)) + (y * 127 / height.max(1))) as u8));
    }
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = Vec::from(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    // 8 bits a pixel, into a palette.
    header.extend([8, 3, 0, 0, 0]);
    chunk(&mut png, b"IHDR", &header);
    chunk(&mut png, b"PLTE", &palette(tint));
    chunk(&mut png, b"IDAT", &stored(&raw));
    chunk(&mut png, b"IEND", &[]);
    png.into()
}

fn palette(tint: u64) -> Vec<u8> {
    let [red, green, blue, ..] = crate::random::mix(tint).to_le_bytes().map(|byte| u32::from(byte & 0x9F));
    (0..256).flat_map(|light| [red, green, blue].map(|part| (part + (255 - part) * light / 255) as u8)).collect()
}

fn chunk(png: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    png.extend(u32::try_from(data.len()).expect("samples are small").to_be_bytes());
    let begin = png.len();
    png.extend(kind);
    png.extend(data);
    let sum = crc32(&png[begin..]);
    png.extend(sum.to_be_bytes());
}

/// A zlib stream of stored blocks: nothing is compressed.
fn stored(raw: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let mut blocks = raw.chunks(0xFFFF).peekable();
    while let Some(block) = blocks.next() {
        stream.push(u8::from(blocks.peek().is_none()));
        let length = u16::try_from(block.len()).expect("chunks are no longer");
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    let (low, high) = raw.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    stream.extend((high << 16 | low).to_be_bytes());
    stream
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_pictures_of_their_size() {
        let picture = sniff(&sample(320, 240, 7)).unwrap();
        assert_eq!(picture, Picture { mime_type: "image/png", width: 320, height: 240 });
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn headers_tell_the_size() {
        assert_eq!(sniff(b"GIF89a\x0a\x00\x14\x00").map(|p| (p.width, p.height)), Some((10, 20)));
        let jpeg = b"\xFF\xD8\xFF\xE0\x00\x04ab\xFF\xC0\x00\x0b\x08\x00\x20\x00\x10\x03";
        assert_eq!(sniff(jpeg).map(|p| (p.width, p.height)), Some((16, 32)));
        for junk in [&b""[..], b"text", b"\xFF\xD8\xFF", b"\x89PNG\r\n\x1a\n", b"\xFF\xD8\x00\x00\x00"] {
            assert_eq!(sniff(junk), None);
        }
    }
}
