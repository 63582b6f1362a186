//! What may be said about a user.

use causeway_model::ram_user::{self, Profile};

/// What is wrong with a name or a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    NameLength,
    NameChars,
    DisplayName,
    MobilePhone,
    Email,
    Comments,
}

/// Checks a name and a profile; of several faults the first is told.
pub(super) fn check(name: &str, profile: &Profile) -> Result<(), Fault> {
    let too_long = |text: &Option<Box<str>>, length: usize| {
        text.as_deref().is_some_and(|text| text.chars().count() > length)
    };
    let no_address = profile.email.as_deref().is_some_and(|text| !text.contains('@'));
    let faults = [
        (name.chars().count() > 64, Fault::NameLength),
        (!ram_user::is_name(name), Fault::NameChars),
        (too_long(&profile.display_name, 128), Fault::DisplayName),
        (too_long(&profile.mobile_phone, 64), Fault::MobilePhone),
        (too_long(&profile.email, 128) || no_address, Fault::Email),
        (too_long(&profile.comments, 128), Fault::Comments),
    ];
    faults.into_iter().find(|(faulty, _)| *faulty).map_or(Ok(()), |(_, fault)| Err(fault))
}
