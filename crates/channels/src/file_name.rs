//! Names of files, which senders choose: made harmless before anyone sees or stores them.

/// The longest name kept, in bytes, as file systems have it.
const BYTES_MAX: usize = 200;

/// A name without folders, control characters and tricks of writing direction; `None` when nothing is left.
pub(crate) fn sanitise(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let kept: String = last.chars().filter(|c| !is_dangerous(*c)).collect();
    let trimmed = kept.trim().trim_start_matches('.').trim();
    (!trimmed.is_empty()).then(|| shorten(trimmed))
}

/// Control characters, quotes that would end a header's value, and marks that turn "gpj.exe" into something like a picture.
fn is_dangerous(c: char) -> bool {
    c.is_control()
        || matches!(c, '"' | '<' | '>' | ':' | '|' | '?' | '*')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffd}')
}

/// Shortens the stem, so that the extension stays.
fn shorten(name: &str) -> String {
    if name.len() <= BYTES_MAX {
        return name.to_owned();
    }
    let extension = name.rfind('.').map(|dot| &name[dot..]).filter(|extension| extension.len() <= 20).unwrap_or("");
    let stem = &name[..name.len() - extension.len()];
    let end = (0..=BYTES_MAX - extension.len()).rev().find(|at| stem.is_char_boundary(*at)).unwrap_or(0);
    format!("{}{extension}", &stem[..end])
}

#[cfg(test)]
mod tests {
    use super::sanitise;

    #[test]
    fn names_lose_what_could_harm() {
        let named = |name: &str| sanitise(name).unwrap_or_default();
        assert_eq!(named("../../etc/passwd"), "passwd");
        assert_eq!(named("C:\\temp\\a.txt"), "a.txt");
        assert_eq!(named("in\u{202e}gpj.exe\r\n"), "ingpj.exe");
        assert_eq!(named(".htaccess"), "htaccess");
        assert_eq!(named("Ärger \"1\".pdf"), "Ärger 1.pdf");
        assert_eq!(sanitise("../.."), None);
        let long = named(&format!("{}.tar.gz", "ß".repeat(400)));
        assert!(long.len() <= 200 && long.ends_with(".gz"));
    }
}
