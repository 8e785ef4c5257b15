//! Pages of A4: paragraphs one below the other, with numbered feet.

use std::sync::LazyLock;

use krilla::{
    Document,
    color::rgb,
    geom::Point,
    metadata::Metadata,
    page::PageSettings,
    paint::Fill,
    surface::Surface,
    text::{Font, TextDirection},
};
use model::{Error, Result};
use ttf_parser::Face;

use super::layout;

/// DejaVu Sans, whose licence lies beside it: Latin, Cyrillic, Greek, Arabic, Hebrew, Armenian, Georgian and many signs.
static FONT: &[u8] = include_bytes!("../../../fonts/DejaVuSans.ttf");
static FACE: LazyLock<Face<'static>> = LazyLock::new(|| Face::parse(FONT, 0).expect("the font is part of the program"));

const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 50.0;
const FOOT: f32 = 30.0;

/// How a paragraph looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Title,
    Head,
    Body,
    Small,
}

impl Style {
    fn size(self) -> f32 {
        match self {
            Style::Title => 15.0,
            Style::Head | Style::Small => 8.0,
            Style::Body => 10.0,
        }
    }

    fn space_before(self) -> f32 {
        match self {
            Style::Head => 8.0,
            Style::Title | Style::Body | Style::Small => 0.0,
        }
    }

    fn grey(self) -> u8 {
        match self {
            Style::Title | Style::Body => 20,
            Style::Head | Style::Small => 110,
        }
    }
}

/// A line and where it stands on its page.
#[derive(Debug)]
struct Line {
    text: String,
    y: f32,
    style: Style,
}

/// What is written so far.
#[derive(Debug)]
pub(super) struct Paper {
    title: String,
    foot: String,
    pages: Vec<Vec<Line>>,
    y: f32,
}

impl Paper {
    pub fn new(title: &str, foot: &str) -> Self {
        Self { title: clean(title), foot: clean(foot), pages: vec![Vec::new()], y: MARGIN }
    }

    /// Writes a paragraph below what is there, on as many pages as it takes.
    pub fn paragraph(&mut self, text: &str, style: Style) {
        let size = style.size();
        self.y += style.space_before();
        for text in layout::lines(&clean(text), WIDTH - 2.0 * MARGIN, |text| width(text, size)) {
            self.y += size * 1.4;
            if self.y > HEIGHT - MARGIN {
                self.pages.push(Vec::new());
                self.y = MARGIN + size * 1.4;
            }
            let line = Line { text, y: self.y, style };
            self.pages.last_mut().expect("there is a first page").push(line);
        }
    }

    pub fn finish(self) -> Result<Vec<u8>> {
        let font = Font::new(FONT.into(), 0).ok_or_else(|| Error::internal("the font can't be read"))?;
        let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| Error::internal("a page without a size"))?;
        let mut document = Document::new();
        document.set_metadata(Metadata::new().title(self.title.clone()).creator("Jina Connect".to_owned()));
        let count = self.pages.len();
        for (index, lines) in self.pages.iter().enumerate() {
            let mut page = document.start_page_with(settings.clone());
            let mut surface = page.surface();
            for line in lines {
                draw(&mut surface, &font, &line.text, line.y, line.style);
            }
            let foot = format!("{} · {} / {count}", self.foot, index + 1);
            draw(&mut surface, &font, &foot, HEIGHT - FOOT, Style::Small);
            surface.finish();
            page.finish();
        }
        document.finish().map_err(|error| Error::internal(format!("a PDF can't be written: {error:?}")))
    }
}

/// Draws a line, from the left or from the right.
fn draw(surface: &mut Surface<'_>, font: &Font, text: &str, y: f32, style: Style) {
    let (size, grey) = (style.size(), style.grey());
    surface.set_fill(Some(Fill { paint: rgb::Color::new(grey, grey, grey).into(), ..Fill::default() }));
    let from_right = layout::is_rtl(text);
    let mut x = if from_right { WIDTH - MARGIN } else { MARGIN };
    for run in layout::runs(text) {
        let wide = width(&run.text, size);
        if from_right {
            x -= wide;
        }
        let direction = if run.is_rtl { TextDirection::RightToLeft } else { TextDirection::LeftToRight };
        surface.draw_text(Point::from_xy(x, y), font.clone(), size, &run.text, false, direction);
        if !from_right {
            x += wide;
        }
    }
}

/// How wide a text is: letters that join are a little narrower than this says.
fn width(text: &str, size: f32) -> f32 {
    let advance =
        |c: char| FACE.glyph_index(c).or(FACE.glyph_index('\u{25a1}')).and_then(|g| FACE.glyph_hor_advance(g));
    let units: u32 = text.chars().filter_map(advance).map(u32::from).sum();
    units as f32 * size / f32::from(FACE.units_per_em())
}

/// What the font has no sign for becomes a box; what can't be seen goes.
fn clean(text: &str) -> String {
    let shown = |c: char| match c {
        '\t' => Some(' '),
        c if c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
        {
            None
        }
        // Selects how the character before it looks; on paper there is one look.
        '\u{fe00}'..='\u{fe0f}' => None,
        c if FACE.glyph_index(c).is_none() => Some('\u{25a1}'),
        c => Some(c),
    };
    text.chars().filter_map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_becomes_pages() {
        let mut paper = Paper::new("Ada", "foot");
        for text in ["Привет, мир", "سلام دنیا hello", "שלום", "漢字 😀\u{0}\u{202e}", "", &"long ".repeat(4_000)]
        {
            paper.paragraph(text, Style::Body);
        }
        assert!(paper.pages.len() > 3);
        let bytes = paper.finish().unwrap();
        assert!(bytes.starts_with(b"%PDF-") && bytes.ends_with(b"%%EOF"), "{} bytes", bytes.len());
    }
}
