//! Where log events go: standard error, in colour only on a terminal.

use std::ffi::OsStr;
use std::io::{IsTerminal, stderr};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt, registry};

use crate::settings::{LogFormat, Settings};

/// Starts logging for the rest of the process. A second call changes nothing.
pub fn start(settings: &Settings) {
    let lines = fmt::layer().with_writer(stderr);
    let lines = match settings.log_format {
        LogFormat::Text => {
            let no_color = std::env::var_os("NO_COLOR");
            lines.with_ansi(in_colour(stderr().is_terminal(), no_color.as_deref())).boxed()
        }
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let started = registry().with(lines.with_filter(filter(settings.log))).try_init();
    if let Err(fault) = started {
        tracing::debug!(%fault, "logging had started before");
    }
}

/// On a terminal, unless `NO_COLOR` holds anything (no-color.org).
fn in_colour(is_terminal: bool, no_color: Option<&OsStr>) -> bool {
    is_terminal && no_color.is_none_or(OsStr::is_empty)
}

/// Our own events from `level` on; those of libraries only when they warn, or when someone is debugging.
fn filter(level: LevelFilter) -> Targets {
    let libraries = if level > LevelFilter::INFO { level } else { level.min(LevelFilter::WARN) };
    Targets::new().with_default(libraries).with_target("causeway", level)
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn colour_is_for_terminals_whose_owner_did_not_refuse_it() {
        for (is_terminal, no_color, expected) in [
            (true, None, true),
            (true, Some(""), true),
            (true, Some("1"), false),
            (false, None, false),
        ] {
            assert_eq!(in_colour(is_terminal, no_color.map(OsStr::new)), expected, "{no_color:?}");
        }
    }

    #[test]
    fn libraries_are_quieter_than_causeway() {
        for (level, target, event, is_logged) in [
            (LevelFilter::INFO, "causeway_engine::load", Level::INFO, true),
            (LevelFilter::INFO, "causeway_engine::load", Level::DEBUG, false),
            (LevelFilter::INFO, "fjall::db", Level::INFO, false),
            (LevelFilter::INFO, "fjall::db", Level::WARN, true),
            (LevelFilter::DEBUG, "fjall::db", Level::DEBUG, true),
            (LevelFilter::OFF, "fjall::db", Level::ERROR, false),
        ] {
            let filter = filter(level);
            assert_eq!(filter.would_enable(target, &event), is_logged, "{level} {target} {event}");
        }
    }
}
