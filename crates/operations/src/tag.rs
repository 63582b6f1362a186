//! Tags as parameters: given to a new resource, or to filter a list by.

use causeway_model::text::Tags;
use causeway_spec::Refusal;

/// The most tags one request can name.
const TAGS_MAX: usize = 20;

/// A tag.
#[derive(Debug, causeway_spec::Request)]
pub struct TagPair {
    /// The key: 1 to 64 characters, not starting with `aliyun` or `acs:`, without `http://` and
    /// `https://`.
    #[parameter(example = "Environment")]
    key: Option<String>,
    /// The value: up to 128 characters, under the same rules as the key; empty when absent.
    #[parameter(example = "Production")]
    value: Option<String>,
}

/// The tags a request gives to a resource; `name` is the list's parameter.
pub(crate) fn given(name: &str, pairs: &[TagPair]) -> Result<Tags, Refusal> {
    let invalid = || Refusal::invalid_parameter(name);
    if pairs.len() > TAGS_MAX {
        return Err(invalid());
    }
    let mut tags = Tags::new();
    for pair in pairs {
        let (key, value) = (pair.key.as_deref().unwrap_or(""), pair.value.as_deref().unwrap_or(""));
        let usable = !key.is_empty() && is_tag_text(key, 64) && is_tag_text(value, 128);
        if !usable || tags.insert(key.to_owned(), value.to_owned()).is_some() {
            return Err(invalid());
        }
    }
    Ok(tags)
}

/// Whether a resource has every wanted tag: its key, and its value unless none was asked for.
pub(crate) fn match_filter(tags: &Tags, wanted: &[TagPair]) -> bool {
    wanted.iter().all(|pair| {
        let found = tags.get(pair.key.as_deref().unwrap_or_default());
        found.is_some_and(|found| pair.value.as_ref().is_none_or(|value| value == found))
    })
}

fn is_tag_text(text: &str, length_max: usize) -> bool {
    text.chars().count() <= length_max
        && !["aliyun", "acs:"].iter().any(|prefix| text.starts_with(prefix))
        && !["http://", "https://"].iter().any(|scheme| text.contains(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(key: &str, value: Option<&str>) -> TagPair {
        TagPair { key: Some(key.into()), value: value.map(Into::into) }
    }

    #[test]
    fn tags_have_rules() {
        let tags = given("Tags", &[pair("a", Some("1")), pair("b", None)]).unwrap();
        assert_eq!(tags, Tags::from([("a".into(), "1".into()), ("b".into(), "".into())]));
        for bad in [
            vec![pair("", None)],
            vec![TagPair { key: None, value: None }],
            vec![pair("aliyun-a", None)],
            vec![pair("acs:a", None)],
            vec![pair("a", Some("see http://a"))],
            vec![pair(&"k".repeat(65), None)],
            vec![pair("k", Some(&"v".repeat(129)))],
            vec![pair("a", None), pair("a", None)],
            (0..21).map(|n| pair(&n.to_string(), None)).collect(),
        ] {
            assert!(given("Tags", &bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_filter_needs_every_tag() {
        let tags = Tags::from([("a".into(), "1".into()), ("b".into(), "2".into())]);
        assert!(match_filter(&tags, &[]));
        assert!(match_filter(&tags, &[pair("a", Some("1")), pair("b", None)]));
        assert!(!match_filter(&tags, &[pair("a", Some("2"))]));
        assert!(!match_filter(&tags, &[pair("c", None)]));
    }
}
