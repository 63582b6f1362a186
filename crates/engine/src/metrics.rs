//! Counters of the engine, as Prometheus text.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts since start.
#[derive(Default)]
pub(crate) struct Metrics {
    pub calls: AtomicU64,
    pub refused: AtomicU64,
    pub defects: AtomicU64,
    pub commits: AtomicU64,
    pub committed_changes: AtomicU64,
    pub commit_faults: AtomicU64,
    pub tasks_completed: AtomicU64,
    pub unread_parameters: AtomicU64,
    pub audit_events: AtomicU64,
}

pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Metrics {
    pub fn text(&self, rows: usize) -> String {
        let counters = [
            ("calls_total", "API calls answered", &self.calls),
            ("refused_total", "API calls answered with an error", &self.refused),
            ("defects_total", "panics caught; each is a bug", &self.defects),
            ("commits_total", "durable writes", &self.commits),
            ("committed_changes_total", "changes in those writes", &self.committed_changes),
            ("commit_faults_total", "writes that failed", &self.commit_faults),
            ("tasks_completed_total", "asynchronous work finished", &self.tasks_completed),
            ("audit_events_total", "events recorded", &self.audit_events),
            ("unread_parameters_total", "parameters no operation reads", &self.unread_parameters),
        ];
        let mut text = String::new();
        for (name, help, counter) in counters {
            let value = counter.load(Ordering::Relaxed);
            writeln!(text, "# HELP causeway_{name} {help}").expect("writing to a string");
            writeln!(text, "# TYPE causeway_{name} counter\ncauseway_{name} {value}")
                .expect("writing to a string");
        }
        writeln!(text, "# HELP causeway_rows rows in all tenants").expect("writing to a string");
        writeln!(text, "# TYPE causeway_rows gauge\ncauseway_rows {rows}")
            .expect("writing to a string");
        text
    }
}
