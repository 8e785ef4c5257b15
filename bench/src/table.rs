//! The figures: on the screen as a table, in a file for the next run to compare with.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::{database::Kind, machine};

const HEAD: [&str; 8] = ["what", "database", "ours", "reference", "ratio", "target", "", "before"];

/// One measurement.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Row {
    pub name: String,
    pub database: Kind,
    pub unit: String,
    pub ours: f64,
    pub reference: Option<f64>,
    pub target: Target,
}

/// What a row should reach. A ratio, where there is a reference.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    AtLeast(f64),
    Below(f64),
    None,
}

impl Row {
    /// Measured against a reference.
    pub fn ratio(name: &str, database: Kind, unit: &str, (ours, reference): (f64, f64), target: Target) -> Self {
        Self { reference: Some(reference), ..Self::alone(name, database, unit, ours, target) }
    }

    /// Measured by itself.
    pub fn alone(name: &str, database: Kind, unit: &str, ours: f64, target: Target) -> Self {
        Self { name: name.to_owned(), database, unit: unit.to_owned(), ours, reference: None, target }
    }

    /// The ratio, or the figure itself where there is none.
    fn value(&self) -> f64 {
        self.reference.map_or(self.ours, |reference| self.ours / reference)
    }

    fn is_same_as(&self, other: &Row) -> bool {
        self.name == other.name && self.database == other.database
    }

    fn cells(&self, before: &[Row]) -> [String; 8] {
        let before = before.iter().find(|row| self.is_same_as(row));
        [
            self.name.clone(),
            self.database.name().to_owned(),
            format!("{} {}", figure(self.ours), self.unit),
            self.reference.map(figure).unwrap_or_default(),
            self.reference.map(|_| figure(self.value())).unwrap_or_default(),
            self.target.words(),
            self.target.verdict(self.value()).to_owned(),
            before.map(|row| figure(row.value())).unwrap_or_default(),
        ]
    }
}

impl Target {
    fn words(self) -> String {
        match self {
            Target::AtLeast(least) => format!("≥ {}", figure(least)),
            Target::Below(most) => format!("< {}", figure(most)),
            Target::None => String::new(),
        }
    }

    fn verdict(self, value: f64) -> &'static str {
        match self {
            Target::AtLeast(least) if value >= least => "met",
            Target::Below(most) if value < most => "met",
            Target::None => "",
            Target::AtLeast(_) | Target::Below(_) => "not met",
        }
    }
}

/// The table, ready to be printed; Markdown understands it too.
pub fn render(rows: &[Row], before: &[Row]) -> String {
    let mut lines = vec![HEAD.map(str::to_owned)];
    lines.extend(rows.iter().map(|row| row.cells(before)));
    let widths: Vec<usize> = (0..HEAD.len()).map(|at| width(&lines, at)).collect();
    lines.insert(1, std::array::from_fn(|at| "-".repeat(widths[at])));
    lines.iter().map(|line| rendered(line, &widths)).collect()
}

fn width(lines: &[[String; 8]], at: usize) -> usize {
    lines.iter().map(|line| line[at].chars().count()).max().unwrap_or(0).max(3)
}

fn rendered(line: &[String; 8], widths: &[usize]) -> String {
    let cells = line.iter().zip(widths).map(|(cell, width)| format!("| {cell:width$} ")).collect::<String>();
    format!("{cells}|\n")
}

/// Two decimals for ratios and times, none for many a second.
fn figure(value: f64) -> String {
    if value < 100.0 { format!("{value:.2}") } else { format!("{value:.0}") }
}

/// A number with its thousands apart.
pub fn count(number: i64) -> String {
    let digits = number.to_string();
    let apart = |(at, digit): (usize, char)| {
        let comma = (at > 0 && (digits.len() - at).is_multiple_of(3)).then_some(',');
        comma.into_iter().chain([digit])
    };
    digits.chars().enumerate().flat_map(apart).collect()
}

/// What earlier runs found; nothing when there was none.
pub fn last() -> Result<Vec<Row>> {
    let path = path()?;
    let Ok(text) = fs::read(&path) else { return Ok(Vec::new()) };
    serde_json::from_slice(&text).with_context(|| format!("{} is not ours; remove it", path.display()))
}

/// Keeps the rows, and of those that were not measured this time the older ones.
pub fn save(rows: &[Row], before: Vec<Row>) -> Result<()> {
    let mut all = before;
    all.retain(|old| !rows.iter().any(|new| new.is_same_as(old)));
    all.extend_from_slice(rows);
    let path = path()?;
    fs::write(&path, serde_json::to_vec_pretty(&all)?).with_context(|| format!("can't write {}", path.display()))?;
    Ok(())
}

fn path() -> Result<PathBuf> {
    Ok(machine::folder()?.join("last.json"))
}
