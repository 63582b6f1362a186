//! Plays the scenario files: after each `trace` line stand the lines it prints, behind `|`.
//! `CAUSEWAY_RECORD=1` writes them anew; the difference is then to be read like any other change.

mod scenario;

use scenario::Scene;
use std::path::PathBuf;

/// The file with the lines its traces print.
fn play(text: &str) -> String {
    let mut scene = Scene::new();
    let mut played = String::new();
    for line in text.lines().filter(|line| !line.starts_with('|')) {
        played.push_str(&format!("{line}\n"));
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        for printed in scene.run(line).lines() {
            played.push_str(&format!("| {printed}\n"));
        }
    }
    played
}

#[test]
fn scenarios_print_what_they_say() {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut scenarios = 0;
    for file in std::fs::read_dir(directory).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let played = play(&text);
        if std::env::var_os("CAUSEWAY_RECORD").is_some() {
            std::fs::write(&path, &played).unwrap();
        } else {
            assert!(text.contains("\n| "), "{} prints nothing", path.display());
            assert_eq!(played, text, "{}", path.display());
        }
        scenarios += 1;
    }
    assert!(scenarios >= 10, "only {scenarios} scenarios");
}
