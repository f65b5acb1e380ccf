//! The table that the demo prints, row by row as things happen.
//!
//! Right-to-left words stand on lines of their own, isolated (U+2068, U+2069): a terminal that
//! turns them around leaves the columns beside them alone.

use std::io::{IsTerminal as _, Write as _, stdout};
use std::ops::RangeInclusive;

use anstyle::{AnsiColor, Style};
use conversation_state_core::State;
use textwrap::core::display_width;

use super::{
    scenes::{LINES, TEMPLATES},
    script::Outcome,
};

/// The columns but the second, with their widths; the last four are the tabs' counts.
const COLUMNS: [(&str, usize); 9] = [
    ("time", 5),
    ("what happened", 0),
    ("state", 14),
    ("with", 12),
    ("window", 6),
    ("open", 4),
    ("expired", 7),
    ("closed", 6),
    ("bot", 3),
];
/// What the second column takes, as the terminal is wide: 100 to 120 cells in all.
const WHAT: RangeInclusive<usize> = 27..=47;
/// Longer texts may go below the other columns.
const ADVICE: usize = 90;
const GAP: &str = "  ";
/// Where the second column begins.
const INDENT: usize = 7;

/// One thing that happened, and how it left everything.
pub(super) struct Row {
    pub(super) at: &'static str,
    pub(super) what: &'static str,
    pub(super) outcome: Outcome,
    /// What whoever did it reads about it.
    pub(super) advice: Vec<String>,
    pub(super) words: Option<String>,
    /// What is told about the words.
    pub(super) about: Vec<String>,
    pub(super) before: Option<State>,
    pub(super) after: State,
    pub(super) handler: String,
    pub(super) window: String,
    /// Open, expired, closed, bot.
    pub(super) counts: [i64; 4],
}

/// Where the rows go.
pub(super) struct Table {
    /// The width of the second column.
    what: usize,
    /// For people at a terminal: colours, and the marks around right-to-left words.
    decorated: bool,
}

// === impl Table ===

impl Table {
    pub(super) fn new(plain: bool) -> Self {
        let is_terminal = stdout().is_terminal();
        let others: usize = COLUMNS.iter().map(|(_, width)| width + GAP.len()).sum();
        let cells = if is_terminal { textwrap::termwidth() } else { 116 };
        let room = (cells + GAP.len()).saturating_sub(others);
        Self { what: room.clamp(*WHAT.start(), *WHAT.end()), decorated: !plain && is_terminal }
    }

    pub(super) fn begin(&self, tenant_id: &str) {
        print(&format!("A day of a support team, in tenant {tenant_id}."));
        print("");
        for (state, meaning) in MEANINGS {
            let label = self.isolated(state.label("ar"));
            let name = self.styled(state_style(*state), &padded(name(*state), 8));
            print(&format!("  {name}{meaning} {label}"));
        }
        print("");
        print(
            "A window begins with the customer's last message. The numbers that customers write to:",
        );
        for line in LINES {
            let bot = if line.bot_enabled { "with a bot" } else { "without a bot" };
            let window = match line.window_seconds {
                seconds @ 3_600.. => format!("windows of {} hours", seconds / 3_600),
                seconds => format!("windows of {seconds} seconds, so that you see one end"),
            };
            print(&format!("  {}  {}  {window}", padded(line.name, 22), padded(bot, 13)));
        }
        print("");
        print("Before the business sends anything, it asks messaging-policy: ALLOW, or DENY with");
        print("all reasons, told in the customer's language. What went out is reported there, and");
        print("conversation-state hears of it. The templates that are approved:");
        for template in TEMPLATES {
            let languages: Vec<&str> =
                template.texts.iter().map(|(language, _)| *language).collect();
            let category = padded(template.category, 10);
            print(&format!(
                "  {}  {category}  {}",
                padded(template.name, 14),
                languages.join(", ")
            ));
        }
        print("");
        let heads = self.columns().map(|(head, width)| padded(head, width)).join(GAP);
        print(&self.styled(Style::new().bold(), heads.trim_end()));
        self.rule();
    }

    pub(super) fn scene(&self, title: &str) {
        print("");
        let title = self.styled(Style::new().bold(), title);
        print(&format!("{:INDENT$}{title}", ""));
    }

    pub(super) fn row(&self, row: &Row) {
        let what = textwrap::wrap(row.what, self.what);
        let mut what = what.iter();
        let state = match row.before {
            Some(before) if before != row.after => {
                format!("{} → {}", name(before), name(row.after))
            }
            Some(_) => name(row.after).to_owned(),
            None => format!("new → {}", name(row.after)),
        };
        let texts =
            [row.at, what.next().map_or("", AsRef::as_ref), &state, &row.handler, &row.window];
        let counts = row.counts.map(|count| count.to_string());
        let texts = texts.into_iter().chain(counts.iter().map(String::as_str));
        let cells = self.columns().into_iter().zip(texts).map(|((head, width), text)| match head {
            "state" => self.styled(state_style(row.after), &padded(text, width)),
            _ => padded(text, width),
        });
        print(cells.collect::<Vec<_>>().join(GAP).trim_end());
        for more in what {
            print(&format!("{:INDENT$}{more}", ""));
        }
        if let Some(words) = &row.words {
            self.words(words);
        }
        for line in row.about.iter().flat_map(|about| textwrap::wrap(about, self.what)) {
            print(&format!("{:INDENT$}{}", "", self.isolated(&line)));
        }
        if let Some(outcome) = row.outcome.told() {
            let outcome = self.styled(outcome_style(&row.outcome), &outcome);
            print(&format!("{:INDENT$}→ {outcome}", ""));
        }
        for advice in &row.advice {
            for line in textwrap::wrap(advice, ADVICE) {
                print(&format!("{:INDENT$}  {}", "", self.isolated(&line)));
            }
        }
    }

    /// What was said. Each line is isolated on its own: an isolate ends with its line.
    fn words(&self, words: &str) {
        let style = Style::new().italic();
        for line in textwrap::wrap(&format!("“{words}”"), self.what) {
            let line = self.styled(style, &self.isolated(&line));
            print(&format!("{:INDENT$}{line}", ""));
        }
    }

    /// What is left of it all; `kept` is the tenant, if a service still has it.
    pub(super) fn end(&self, [open, expired, closed, bot]: [i64; 4], kept: Option<&str>) {
        self.rule();
        print(&format!(
            "In the end, as the story has it: {open} open, {expired} expired, {closed} closed, {bot} with the bot."
        ));
        if let Some(tenant_id) = kept {
            print(&format!(
                "The services keep all of it, in tenant {tenant_id}: each decision too (ListDecisions)."
            ));
        }
    }

    fn columns(&self) -> [(&'static str, usize); 9] {
        let mut columns = COLUMNS;
        columns[1].1 = self.what;
        columns
    }

    fn rule(&self) {
        print(&self.columns().map(|(_, width)| "─".repeat(width)).join(GAP));
    }

    fn isolated(&self, text: &str) -> String {
        if self.decorated { format!("\u{2068}{text}\u{2069}") } else { text.to_owned() }
    }

    fn styled(&self, style: Style, text: &str) -> String {
        if self.decorated { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

/// If nobody reads, the demo goes on.
fn print(line: &str) {
    let mut out = anstream::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

const MEANINGS: &[(State, &str)] = &[
    (State::Open, "people have it, anything may be sent"),
    (State::Expired, "no window: only approved templates may be sent"),
    (State::Closed, "a member of the team ended it"),
    (State::Bot, "the bot has it"),
];

/// As the API's enumeration has it.
pub(super) fn name(state: State) -> &'static str {
    match state {
        State::Open => "OPEN",
        State::Expired => "EXPIRED",
        State::Closed => "CLOSED",
        State::Bot => "BOT",
    }
}

fn state_style(state: State) -> Style {
    let color = match state {
        State::Open => AnsiColor::Green,
        State::Expired => AnsiColor::Yellow,
        State::Closed => AnsiColor::BrightBlack,
        State::Bot => AnsiColor::Cyan,
    };
    Style::new().fg_color(Some(color.into()))
}

fn outcome_style(outcome: &Outcome) -> Style {
    let color = match outcome {
        Outcome::Allowed => AnsiColor::Green,
        Outcome::Denied(_) => AnsiColor::Red,
        _ => AnsiColor::Yellow,
    };
    Style::new().fg_color(Some(color.into())).bold()
}

/// Filled up by what it takes on a terminal, which is not its number of characters.
fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(display_width(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_fits_and_its_second_column_begins_where_words_do() {
        for (what, all) in [(*WHAT.start(), 100), (*WHAT.end(), 120)] {
            let columns = Table { what, decorated: false }.columns();
            let widths: usize = columns.iter().map(|(_, width)| width).sum();
            assert_eq!(widths + GAP.len() * (columns.len() - 1), all);
            assert!(columns.iter().all(|(head, width)| head.len() <= *width));
        }
        assert_eq!(INDENT, COLUMNS[0].1 + GAP.len());
    }

    #[test]
    fn cells_are_padded_by_what_they_take() {
        for (text, padding) in
            [("abc", 3), ("سارة", 2), ("\u{2068}سارة\u{2069}", 2), ("東京", 2), ("شكرًا", 2)]
        {
            assert_eq!(padded(text, 6), format!("{text}{}", " ".repeat(padding)), "{text}");
        }
    }
}
