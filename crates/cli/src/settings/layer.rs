//! Where settings come from, before they are understood.

use std::collections::BTreeMap;
use std::path::Path;

use super::key::{KEYS, Key};
use super::{Settings, SettingsError};

/// What one source says: texts by setting, each with the name the source has for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layer(BTreeMap<Key, Said>);

/// What a source says of one setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The values; one unless the setting is a list.
    pub values: Vec<String>,
    /// How to name the place in a message: `--tasks`, `CAUSEWAY_TASKS`, `tasks in causeway.toml`.
    pub place: String,
}

impl Layer {
    /// Notes what a flag says, if it was given.
    pub fn flag(mut self, key: Key, values: impl IntoIterator<Item = String>) -> Self {
        let values: Vec<String> = values.into_iter().collect();
        if !values.is_empty() {
            self.0.insert(key, Said { values, place: key.flag() });
        }
        self
    }

    /// Reads the environment, as name and value pairs. An empty variable says nothing.
    pub fn of_environment(variables: &BTreeMap<String, String>) -> Self {
        let said = KEYS.into_iter().filter_map(|key| {
            let place = key.variable();
            let text = variables.get(&place).filter(|text| !text.is_empty())?;
            Some((key, Said { values: vec![text.clone()], place }))
        });
        Self(said.collect())
    }

    /// Reads a TOML text; `path` names it in messages.
    pub fn of_toml(text: &str, path: &Path) -> Result<Self, SettingsError> {
        let path = path.display();
        let table: toml::Table = text
            .parse()
            .map_err(|fault| SettingsError(format!("{path} is not valid TOML: {fault}")))?;
        let mut layer = Self::default();
        for (name, value) in &table {
            let Some(key) = Key::find(name) else { return Err(unknown(name, &path)) };
            let place = format!("{name} in {path}");
            let values = texts(key, value).ok_or_else(|| {
                let kind = if key.is_list() {
                    "a text or a list of texts"
                } else {
                    "a text, a number or true/false"
                };
                SettingsError(format!("{place}: the value must be {kind}"))
            })?;
            layer.0.insert(key, Said { values, place });
        }
        Ok(layer)
    }

    pub(super) fn get(&self, key: Key) -> Option<&Said> {
        self.0.get(&key)
    }
}

fn unknown(name: &str, path: &impl std::fmt::Display) -> SettingsError {
    let closest = Key::closest(name).map(|key| format!("; did you mean {:?}?", key.0));
    let all = KEYS.map(|key| key.0).join(", ");
    SettingsError(format!(
        "{path}: there is no setting {name:?}{} (settings: {all})",
        closest.unwrap_or_default()
    ))
}

fn texts(key: Key, value: &toml::Value) -> Option<Vec<String>> {
    match value {
        toml::Value::String(text) => Some(vec![text.clone()]),
        toml::Value::Integer(number) => Some(vec![number.to_string()]),
        toml::Value::Boolean(truth) => Some(vec![truth.to_string()]),
        toml::Value::Array(items) if key.is_list() => {
            items.iter().map(|item| item.as_str().map(str::to_owned)).collect()
        }
        _ => None,
    }
}

/// All sources, the strongest first.
#[derive(Clone, Debug, Default)]
pub struct Sources(pub Vec<Layer>);

impl Sources {
    /// Flags over environment over configuration file. The file is the one named by `config` (the flag) or by
    /// `CAUSEWAY_CONFIG`.
    pub fn gather(
        flags: Layer,
        config: Option<&Path>,
        variables: &BTreeMap<String, String>,
    ) -> Result<Self, SettingsError> {
        let named = variables.get("CAUSEWAY_CONFIG").filter(|text| !text.is_empty());
        let path = config.or(named.map(Path::new)).map(super::resolve::at_home).transpose()?;
        let mut layers = vec![flags, Layer::of_environment(variables)];
        if let Some(path) = &path {
            let text = std::fs::read_to_string(path).map_err(|fault| {
                SettingsError(format!(
                    "cannot read the configuration file {}: {fault}",
                    path.display()
                ))
            })?;
            layers.push(Layer::of_toml(&text, path)?);
        }
        Ok(Self(layers))
    }

    /// The strongest saying on a setting, with its rank: 0 is the strongest.
    pub(super) fn strongest(&self, key: Key) -> Option<(usize, &Said)> {
        self.0.iter().enumerate().find_map(|(rank, layer)| Some((rank, layer.get(key)?)))
    }

    /// Understands and checks everything.
    pub fn resolve(&self) -> Result<Settings, SettingsError> {
        super::resolve::resolve(self)
    }
}
