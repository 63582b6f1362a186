//! Regions and zones: facts that do not change at run time.

/// A region of the provider, or one of the operator's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// For example `cn-hangzhou`.
    pub id: String,
}

/// Languages names are given in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// `zh-CN`.
    Chinese,
    /// `en-US`.
    English,
    /// `ja`.
    Japanese,
}

struct Facts {
    id: &'static str,
    code: &'static str,
    /// Chinese, English, Japanese.
    names: [&'static str; 3],
    zones: &'static str,
}

const fn facts(
    id: &'static str,
    code: &'static str,
    names: [&'static str; 3],
    zones: &'static str,
) -> Facts {
    Facts { id, code, names, zones }
}

/// What identifiers of regions without a code of their own begin with (semantics.md 9).
const OTHER_CODE: &str = "p0w";

const KNOWN: &[Facts] = &[
    facts("cn-hangzhou", "bp1", ["华东1（杭州）", "China (Hangzhou)", "中国 (杭州)"], "ghijk"),
    facts("cn-shanghai", "uf6", ["华东2（上海）", "China (Shanghai)", "中国 (上海)"], "befgl"),
    facts("cn-beijing", "2ze", ["华北2（北京）", "China (Beijing)", "中国 (北京)"], "ghijkl"),
    facts("cn-shenzhen", "wz9", ["华南1（深圳）", "China (Shenzhen)", "中国 (深セン)"], "cdef"),
    facts("cn-qingdao", "m5e", ["华北1（青岛）", "China (Qingdao)", "中国 (青島)"], "bc"),
    facts("cn-huhehaote", "hp3", ["华北5（呼和浩特）", "China (Hohhot)", "中国 (フフホト)"], "ab"),
    facts(
        "cn-zhangjiakou",
        "8vb",
        ["华北3（张家口）", "China (Zhangjiakou)", "中国 (張家口)"],
        "abc",
    ),
    facts("cn-heyuan", OTHER_CODE, ["华南2（河源）", "China (Heyuan)", "中国 (河源)"], "ab"),
    facts("cn-hongkong", "j6c", ["中国香港", "China (Hong Kong)", "中国 (香港)"], "bcd"),
    facts("ap-southeast-1", "t4n", ["新加坡", "Singapore", "シンガポール"], "abc"),
    facts(
        "ap-southeast-6",
        "5ts",
        ["菲律宾（马尼拉）", "Philippines (Manila)", "フィリピン (マニラ)"],
        "ab",
    ),
    facts("ap-northeast-1", OTHER_CODE, ["日本（东京）", "Japan (Tokyo)", "日本 (東京)"], "abc"),
    facts(
        "eu-central-1",
        "gw8",
        ["德国（法兰克福）", "Germany (Frankfurt)", "ドイツ (フランクフルト)"],
        "abc",
    ),
    facts(
        "us-east-1",
        OTHER_CODE,
        ["美国（弗吉尼亚）", "US (Virginia)", "米国 (バージニア)"],
        "ab",
    ),
];

impl Region {
    /// A region by its id.
    pub fn new(id: impl Into<String>) -> Region {
        Region { id: id.into() }
    }

    /// The regions of the provider that have names here.
    pub fn known() -> impl Iterator<Item = Region> {
        KNOWN.iter().map(|facts| Region::new(facts.id))
    }

    /// The three characters that begin the payload of long identifiers (semantics.md 9).
    pub fn code(&self) -> &'static str {
        self.facts().map_or(OTHER_CODE, |facts| facts.code)
    }

    /// The name for people; the id for a region of the operator's own.
    pub fn name(&self, language: Language) -> &str {
        self.facts().map_or(&self.id, |facts| facts.names[language as usize])
    }

    /// The zones' ids, at least two: `cn-hangzhou-h`, but `eu-central-1a`.
    pub fn zones(&self) -> impl Iterator<Item = String> {
        self.letters().chars().map(|letter| format!("{}{letter}", self.zone_prefix()))
    }

    /// The name of one of its zones for people.
    pub fn zone_name(&self, zone: &str, language: Language) -> String {
        let letter = zone.trim_start_matches(&self.zone_prefix()).to_ascii_uppercase();
        let name = self.name(language);
        match language {
            Language::Chinese => format!("{name} 可用区{letter}"),
            Language::English => format!("{name} Zone {letter}"),
            Language::Japanese => format!("{name} ゾーン{letter}"),
        }
    }

    /// Whether it has a zone with this id.
    pub fn has_zone(&self, zone: &str) -> bool {
        self.zones().any(|own| own == zone)
    }

    fn facts(&self) -> Option<&'static Facts> {
        KNOWN.iter().find(|facts| facts.id == self.id)
    }

    fn letters(&self) -> &'static str {
        self.facts().map_or("ab", |facts| facts.zones)
    }

    fn zone_prefix(&self) -> String {
        let hyphen = if self.id.ends_with(|last: char| last.is_ascii_digit()) { "" } else { "-" };
        format!("{}{hyphen}", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_has_two_zones_and_a_name_in_each_language() {
        for region in Region::known().chain([Region::new("edge-1"), Region::new("edge")]) {
            assert!(region.zones().count() >= 2, "{}", region.id);
            assert!(region.zones().all(|zone| region.has_zone(&zone)));
            assert_eq!(region.code().len(), 3, "{}", region.id);
            assert!(!region.name(Language::Japanese).is_empty());
        }
    }

    #[test]
    fn zones_are_called_as_the_provider_calls_them() {
        let zones = |id: &str| Region::new(id).zones().collect::<Vec<_>>();
        assert_eq!(zones("eu-central-1")[0], "eu-central-1a");
        assert!(zones("cn-hangzhou").contains(&"cn-hangzhou-h".to_owned()));
        assert_eq!(zones("edge"), ["edge-a", "edge-b"]);
        let hangzhou = Region::new("cn-hangzhou");
        assert_eq!(
            hangzhou.zone_name("cn-hangzhou-h", Language::English),
            "China (Hangzhou) Zone H"
        );
        assert!(!hangzhou.has_zone("cn-shanghai-b"));
    }
}
