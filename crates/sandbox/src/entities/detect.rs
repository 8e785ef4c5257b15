//! What Telegram finds in text by itself: commands, mentions, hashtags, addresses.

use super::{Entity, Formatted, Kind, sort};

/// Endings that make a bare domain a link; those of two letters are countries, and all do.
const DOMAINS: [&str; 16] = [
    "com", "org", "net", "dev", "app", "info", "biz", "edu", "gov", "xyz", "online", "shop", "museum", "store", "site",
    "рф",
];

/// Adds what is found where no other entity stands in the way.
pub fn add(formatted: &mut Formatted) {
    let is_taken = |found: &Entity, entity: &Entity| {
        let overlaps = found.offset < entity.end() && entity.offset < found.end();
        overlaps && (!is_transparent(&entity.kind) || crosses(found, entity))
    };
    let found: Vec<Entity> = find(&formatted.text)
        .into_iter()
        .filter(|found| !formatted.entities.iter().any(|entity| is_taken(found, entity)))
        .collect();
    if !found.is_empty() {
        formatted.entities.extend(found);
        sort(&mut formatted.entities);
    }
}

/// Styles and quotes may hold a found entity, code and links may not.
fn is_transparent(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Bold
            | Kind::Italic
            | Kind::Underline
            | Kind::Strikethrough
            | Kind::Spoiler
            | Kind::Blockquote
            | Kind::ExpandableBlockquote
    )
}

fn crosses(found: &Entity, entity: &Entity) -> bool {
    found.offset < entity.offset || found.end() > entity.end()
}

/// Everything in a plain text, in order, none overlapping.
pub fn find(text: &str) -> Vec<Entity> {
    if !text.contains(['/', '@', '#', '$', '.', ':']) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let (mut unit, mut byte, mut before) = (0, 0, ' ');
    while let Some(char) = text[byte..].chars().next() {
        match at(&text[byte..], before) {
            Some((kind, bytes)) => {
                let part = &text[byte..byte + bytes];
                let length = super::units(part);
                found.push(Entity { kind, offset: unit, length });
                before = part.chars().next_back().unwrap_or(' ');
                unit += length;
                byte += bytes;
            }
            None => {
                unit += char.len_utf16();
                byte += char.len_utf8();
                before = char;
            }
        }
    }
    found
}

/// The entity that begins here, and its length in bytes.
fn at(rest: &str, before: char) -> Option<(Kind, usize)> {
    let after_word = before.is_alphanumeric() || before == '_';
    match rest.chars().next()? {
        '/' if !after_word && !matches!(before, '/' | '<' | '>') => command(rest),
        '@' if !after_word => mention(rest),
        '#' if !after_word => hashtag(rest),
        '$' if !after_word && before != '$' => cashtag(rest),
        char if !after_word && before != '@' && before != '.' && char.is_alphanumeric() => address(rest),
        _ => None,
    }
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|char| !belongs(char)).unwrap_or(text.len())
}

fn is_name(char: char) -> bool {
    char.is_ascii_alphanumeric() || char == '_'
}

fn ends_word(rest: &str) -> bool {
    !rest.starts_with(|char: char| char.is_alphanumeric() || char == '_')
}

fn command(rest: &str) -> Option<(Kind, usize)> {
    let mut end = 1 + run(&rest[1..], is_name);
    if !(2..=65).contains(&end) {
        return None;
    }
    if let Some(bot) = rest[end..].strip_prefix('@') {
        let name = run(bot, is_name);
        end += if (3..=32).contains(&name) { 1 + name } else { 0 };
    }
    let after = &rest[end..];
    (ends_word(after) && !after.starts_with(['/', '<', '>'])).then_some((Kind::BotCommand, end))
}

fn mention(rest: &str) -> Option<(Kind, usize)> {
    let name = run(&rest[1..], is_name);
    let is_known_short = matches!(rest[1..=name].to_ascii_lowercase().as_str(), "gif" | "vid" | "pic");
    ((4..=32).contains(&name) || is_known_short)
        .then_some((Kind::Mention, 1 + name))
        .filter(|_| ends_word(&rest[1 + name..]))
}

fn hashtag(rest: &str) -> Option<(Kind, usize)> {
    let end = 1 + run(&rest[1..], |char| char.is_alphanumeric() || char == '_');
    let tag = &rest[1..end];
    let is_tag = tag.chars().any(char::is_alphabetic) && tag.chars().count() <= 256 && !rest[end..].starts_with('#');
    is_tag.then_some((Kind::Hashtag, end))
}

fn cashtag(rest: &str) -> Option<(Kind, usize)> {
    let end = 1 + run(&rest[1..], |char| char.is_ascii_uppercase());
    let after = &rest[end..];
    ((2..=9).contains(&end) && ends_word(after) && !after.starts_with('$')).then_some((Kind::Cashtag, end))
}

/// An e-mail address or a web address.
fn address(rest: &str) -> Option<(Kind, usize)> {
    let end = run(rest, |char| !char.is_whitespace() && !matches!(char, '<' | '>' | '"' | '«' | '»'));
    let word = without_punctuation(&rest[..end]);
    if ["http://", "https://", "ftp://"].iter().any(|scheme| starts_with(word, scheme)) {
        let host = word.split_once("://")?.1.split(['/', '?', '#', ':']).next()?;
        return is_domain(host, false).then_some((Kind::Url, word.len()));
    }
    if ["tg://", "ton://", "tonsite://"].iter().any(|scheme| starts_with(word, scheme)) {
        return Some((Kind::Url, word.len()));
    }
    if let Some((name, domain)) = word.split_once('@') {
        let is_email = !name.is_empty() && name.chars().all(|c| is_name(c) || ".-+".contains(c));
        let domain_end = run(domain, |char| char.is_ascii_alphanumeric() || char == '.' || char == '-');
        let domain = domain[..domain_end].trim_end_matches(['.', '-']);
        return (is_email && is_domain(domain, false)).then_some((Kind::Email, name.len() + 1 + domain.len()));
    }
    let host_end = run(word, |char| char.is_alphanumeric() || char == '.' || char == '-');
    let end = if word[host_end..].starts_with(['/', '?', '#', ':']) { word.len() } else { host_end };
    is_domain(&word[..host_end], true).then_some((Kind::Url, end))
}

fn starts_with(word: &str, scheme: &str) -> bool {
    word.len() > scheme.len()
        && word.is_char_boundary(scheme.len())
        && word[..scheme.len()].eq_ignore_ascii_case(scheme)
}

fn is_domain(host: &str, needs_common_ending: bool) -> bool {
    let parts: Vec<&str> = host.split('.').collect();
    if parts.len() < 2 || parts.iter().any(|part| part.is_empty()) {
        return false;
    }
    if parts.len() == 4 && parts.iter().all(|part| part.parse::<u8>().is_ok()) {
        return true;
    }
    let ending = parts[parts.len() - 1].to_lowercase();
    let is_word = ending.chars().count() > 1 && ending.chars().all(char::is_alphabetic);
    is_word && (!needs_common_ending || is_country(&ending) || DOMAINS.contains(&ending.as_str()))
}

fn is_country(ending: &str) -> bool {
    ending.len() == 2 && ending.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Punctuation at the end belongs to the sentence, unless it closes a bracket of the address.
fn without_punctuation(word: &str) -> &str {
    let mut kept = word;
    while let Some(last) = kept.chars().next_back() {
        let closes = |open: char| kept.matches(open).count() >= kept.matches(last).count();
        let stays = match last {
            ')' => closes('('),
            ']' => closes('['),
            last => !matches!(last, '.' | ',' | ':' | ';' | '!' | '?' | '\''),
        };
        if stays {
            break;
        }
        kept = &kept[..kept.len() - last.len_utf8()];
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(Kind, &str)> {
        let units: Vec<u16> = text.encode_utf16().collect();
        let part = |entity: &Entity| {
            let part = String::from_utf16(&units[entity.offset..entity.end()]).unwrap();
            &text[text.find(&part).unwrap()..][..part.len()]
        };
        find(text).iter().map(|entity| (entity.kind.clone(), part(entity))).collect()
    }

    #[test]
    fn what_telegram_finds_is_found() {
        let text =
            "😀 @user @abc #tag $USD /start /help@bot http://x.com y.com a@b.com tg://resolve 1.2.3.4 a.b.c/d?e x.zzz";
        assert_eq!(
            found(text),
            [
                (Kind::Mention, "@user"),
                (Kind::Hashtag, "#tag"),
                (Kind::Cashtag, "$USD"),
                (Kind::BotCommand, "/start"),
                (Kind::BotCommand, "/help@bot"),
                (Kind::Url, "http://x.com"),
                (Kind::Url, "y.com"),
                (Kind::Email, "a@b.com"),
                (Kind::Url, "tg://resolve"),
                (Kind::Url, "1.2.3.4"),
            ]
        );
        assert_eq!(found("(see https://x.io/z(a)), ok"), [(Kind::Url, "https://x.io/z(a)")]);
        assert_eq!(found("#1 #a1 foo/bar /1 x"), [(Kind::Hashtag, "#a1"), (Kind::BotCommand, "/1")]);
    }

    #[test]
    fn nothing_is_found_inside_code_and_links() {
        let mut formatted = Formatted {
            text: "/start @user".into(),
            entities: vec![Entity { kind: Kind::Code, offset: 0, length: 6 }],
        };
        add(&mut formatted);
        assert_eq!(formatted.entities[1].kind, Kind::Mention);
        assert_eq!(formatted.entities.len(), 2);
    }
}
