//! Values written so that each reader takes them literally.

fn is_plain(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./:,@%+=-".contains(c);
    !text.is_empty() && text.chars().all(plain)
}

/// For a POSIX shell.
pub fn shell(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// For a file of variables.
pub fn dotenv(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        if matches!(c, '"' | '\\' | '$' | '`') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

/// For HCL.
pub fn hcl(text: &str) -> String {
    let text = text.replace('\\', r"\\").replace('"', "\\\"");
    format!("\"{}\"", text.replace("${", "$${").replace("%{", "%%{"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn awkward_values_stay_literal() {
        assert_eq!(shell("a-b"), "a-b");
        assert_eq!(shell("a'b$c"), r"'a'\''b$c'");
        assert_eq!(shell(""), "''");
        assert_eq!(dotenv(r#"a"$\"#), r#""a\"\$\\""#);
        assert_eq!(hcl(r#"a"${b}%{c}\"#), r#""a\"$${b}%%{c}\\""#);
    }
}
