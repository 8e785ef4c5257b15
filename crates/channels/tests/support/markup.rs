//! Texts with markup, right and wrong, from a seed: nasty mixes of marks, emoji, combining characters and scripts.

use channels::telegram::entities::ParseMode;

#[path = "fragments.rs"]
mod fragments;

use fragments::{ADDRESSES, HTML, MARKDOWN, MARKDOWN_V2, WORDS};

/// A stream of texts.
pub struct Source {
    mode: ParseMode,
    state: u64,
}

impl Source {
    pub fn new(mode: ParseMode, seed: u64) -> Self {
        Self { mode, state: seed }
    }

    /// SplitMix64.
    fn next(&mut self, below: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % below as u64) as usize
    }

    fn pick(&mut self, from: &[&'static str]) -> &'static str {
        from[self.next(from.len())]
    }

    /// A third each: well formed, well formed with a blemish, and anything.
    pub fn text(&mut self) -> String {
        let mut text = match self.next(3) {
            0 => self.well_formed(3),
            1 => {
                let text = self.well_formed(3);
                self.blemished(text)
            }
            _ => (0..1 + self.next(10)).map(|_| self.fragment()).collect(),
        };
        if self.mode == ParseMode::Markdown && text.contains('[') {
            // TDLib takes a label without an address apart within characters, and then fails on its own answer.
            text.retain(|c| c.is_ascii());
        }
        if text.contains('=') {
            // Nor does it look for surrogates in attributes.
            text = text.replace("&#xd800;", "");
        }
        text
    }

    /// A well-formed text of at least so many bytes, without space long enough to fill a part alone.
    pub fn long_text(&mut self, bytes: usize) -> String {
        let mut text = String::new();
        while text.len() < bytes {
            text += &self.well_formed(3);
            text += "word ";
        }
        text
    }

    fn fragment(&mut self) -> String {
        let marks = match self.mode {
            ParseMode::Html => HTML,
            ParseMode::MarkdownV2 => MARKDOWN_V2,
            ParseMode::Markdown => MARKDOWN,
        };
        match self.next(5) {
            0 | 1 => self.pick(WORDS).to_owned(),
            2 if self.next(4) == 0 => self.link("x"),
            _ => self.pick(marks).to_owned(),
        }
    }

    /// A text with one fragment put in, or one character taken out.
    fn blemished(&mut self, text: String) -> String {
        let mut characters: Vec<char> = text.chars().collect();
        let at = self.next(characters.len() + 1);
        if self.next(2) == 0 && at < characters.len() {
            characters.remove(at);
            return characters.into_iter().collect();
        }
        let fragment = self.fragment();
        let (before, after) = characters.split_at(at);
        before.iter().copied().chain(fragment.chars()).chain(after.iter().copied()).collect()
    }

    fn well_formed(&mut self, depth: usize) -> String {
        (0..1 + self.next(3))
            .map(|_| if depth == 0 || self.next(3) == 0 { self.plain() } else { self.nested(depth) })
            .collect()
    }

    fn plain(&mut self) -> String {
        let word = self.pick(WORDS);
        channels::telegram::entities::escape(Some(self.mode), word)
    }

    fn nested(&mut self, depth: usize) -> String {
        let inside = self.well_formed(depth - 1);
        match self.mode {
            ParseMode::Html => self.html(&inside),
            ParseMode::MarkdownV2 => self.markdown_v2(&inside),
            ParseMode::Markdown => self.markdown(),
        }
    }

    fn html(&mut self, inside: &str) -> String {
        let tags = [
            ("b", ""),
            ("STRONG", ""),
            ("i", ""),
            ("em", ""),
            ("u", ""),
            ("ins", ""),
            ("s", ""),
            ("strike", ""),
            ("del", ""),
            ("code", ""),
            ("code", " class=\"language-py\""),
            ("pre", ""),
            ("tg-spoiler", ""),
            ("span", " class=\"tg-spoiler\""),
            ("blockquote", ""),
            ("blockquote", " expandable"),
            ("blockquote", " expandable=''"),
            ("a", ""),
            ("b", " some thing"),
            ("tg-emoji", " emoji-id=\"5368324170671202286\""),
            ("tg-time", " unix='1647531900' format=\"wDT\""),
        ];
        match self.next(tags.len() + 3) {
            0 => format!("<pre><code class=\"language-c++\">{inside}</code></pre>"),
            1 => format!("<code class=language-x><pre>{inside}</pre></code>"),
            2 => self.link(inside),
            other => {
                let (name, attributes) = tags[other - 3];
                format!("<{name}{attributes}>{inside}</{name}>")
            }
        }
    }

    fn markdown_v2(&mut self, inside: &str) -> String {
        match self.next(12) {
            0 => format!("*{inside}*"),
            1 => format!("_{inside}_"),
            2 => format!("__{inside}__"),
            3 => format!("~{inside}~"),
            4 => format!("||{inside}||"),
            5 => format!("`{inside}`"),
            6 => format!("```\n{inside}```"),
            7 => format!("```rust\r\n{inside}```"),
            8 => format!("\n>{inside}\n>{inside}\n"),
            9 => format!("\n>{inside}||\n"),
            10 => format!("!{}", self.link(inside)),
            _ => self.link(inside),
        }
    }

    fn markdown(&mut self) -> String {
        let word = self.pick(WORDS);
        match self.next(6) {
            0 => format!("*{word}*"),
            1 => format!("_{word}_"),
            2 => format!("`{word}`"),
            3 => format!("```py\n{word}```"),
            4 => format!("[{}]", self.pick(ADDRESSES)),
            _ => self.link(word),
        }
    }

    fn link(&mut self, inside: &str) -> String {
        let address = self.pick(ADDRESSES);
        match self.mode {
            ParseMode::Html => format!("<a href=\"{address}\">{inside}</a>"),
            _ => format!("[{inside}]({address})"),
        }
    }
}
