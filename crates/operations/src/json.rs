//! Answers as JSON text.
//!
//! What serde_json would write, byte for byte, in a part of the time: names of fields are copied
//! without looking for characters to escape, and texts are looked through eight bytes at a time. A
//! page of fifty routes has more than a thousand of them.

use serde::ser::{self, Serialize, Serializer};
use serde_json::Error;

/// `value` as compact JSON, behind what `text` holds.
///
/// # Panics
/// If `value` has no JSON form, such as a map whose keys are lists: a defect of its type.
pub fn write(text: &mut String, value: &impl Serialize) {
    value.serialize(Writer(text)).expect("answers are plain values");
}

struct Writer<'t>(&'t mut String);

impl<'t> Writer<'t> {
    /// What is rare is left to serde_json.
    fn other(self, value: &impl Serialize) -> Result<(), Error> {
        self.0.push_str(&serde_json::to_string(value)?);
        Ok(())
    }

    fn open(self, begin: &str, end: &'static str) -> Items<'t> {
        self.0.push_str(begin);
        Items { text: self.0, is_first: true, end }
    }

    /// `{"Variant":` and what `begin` is, to be closed by `end`.
    fn open_variant(self, variant: &str, begin: &str, end: &'static str) -> Items<'t> {
        self.0.push_str("{\"");
        self.0.push_str(variant);
        self.0.push_str("\":");
        self.open(begin, end)
    }
}

/// Elements or members, between commas.
struct Items<'t> {
    text: &'t mut String,
    is_first: bool,
    end: &'static str,
}

impl Items<'_> {
    #[inline]
    fn next(&mut self) -> Writer<'_> {
        if !std::mem::take(&mut self.is_first) {
            self.text.push(',');
        }
        Writer(self.text)
    }

    #[inline]
    fn element(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        value.serialize(self.next())
    }

    /// A member whose name is that of a field, which has nothing to escape.
    #[inline]
    fn field(&mut self, name: &str, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        let begin = if std::mem::take(&mut self.is_first) { "\"" } else { ",\"" };
        self.text.reserve(begin.len() + name.len() + 2);
        self.text.push_str(begin);
        self.text.push_str(name);
        self.text.push_str("\":");
        value.serialize(Writer(self.text))
    }

    fn close(self) -> Result<(), Error> {
        self.text.push_str(self.end);
        Ok(())
    }
}

/// Whether a text stands in JSON as it is. All bytes are looked at, so that no jump is in between.
#[inline]
fn is_plain(text: &str) -> bool {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = 0x80 * ONES;
    // The high bit of a byte is set if it is below `limit`; of bytes above such a one as well, perhaps.
    let below = |word: u64, limit: u64| word.wrapping_sub(limit * ONES) & !word & HIGH;
    let faults = |eight: &[u8; 8]| {
        let word = u64::from_ne_bytes(*eight);
        let quote = word ^ (u64::from(b'"') * ONES);
        let backslash = word ^ (u64::from(b'\\') * ONES);
        below(word, 0x20) | below(quote, 1) | below(backslash, 1)
    };
    let bytes = text.as_bytes();
    // The last eight are looked at whatever lies before them, and some of them twice.
    let Some(last) = bytes.last_chunk() else {
        return bytes.iter().all(|&byte| byte >= 0x20 && byte != b'"' && byte != b'\\');
    };
    let (eights, _) = bytes.as_chunks();
    eights.iter().fold(faults(last), |found, eight| found | faults(eight)) == 0
}

macro_rules! integers {
    ($($method:ident $integer:ty,)*) => {
        $(fn $method(self, value: $integer) -> Result<(), Error> {
            self.0.push_str(itoa::Buffer::new().format(value));
            Ok(())
        })*
    };
}

impl<'t> Serializer for Writer<'t> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Items<'t>;
    type SerializeTuple = Items<'t>;
    type SerializeTupleStruct = Items<'t>;
    type SerializeTupleVariant = Items<'t>;
    type SerializeMap = Items<'t>;
    type SerializeStruct = Items<'t>;
    type SerializeStructVariant = Items<'t>;

    #[inline]
    fn serialize_str(self, value: &str) -> Result<(), Error> {
        if !is_plain(value) {
            return self.other(&value);
        }
        self.0.reserve(value.len() + 2);
        self.0.push('"');
        self.0.push_str(value);
        self.0.push('"');
        Ok(())
    }

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.0.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    integers! {
        serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64, serialize_i128 i128,
        serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64, serialize_u128 u128,
    }

    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        self.other(&value)
    }

    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        self.other(&value)
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Error> {
        self.collect_seq(value)
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.0.push_str("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        let mut items = self.open("{", "}");
        items.field(variant, value)?;
        items.close()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'t>, Error> {
        Ok(self.open("[", "]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Items<'t>, Error> {
        Ok(self.open("[", "]"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items<'t>, Error> {
        Ok(self.open("[", "]"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items<'t>, Error> {
        Ok(self.open_variant(variant, "[", "]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Items<'t>, Error> {
        Ok(self.open("{", "}"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Items<'t>, Error> {
        Ok(self.open("{", "}"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items<'t>, Error> {
        Ok(self.open_variant(variant, "{", "}}"))
    }
}

/// The traits of serde for what has elements.
macro_rules! elements {
    ($($of:ident $method:ident;)*) => {
        $(impl ser::$of for Items<'_> {
            type Ok = ();
            type Error = Error;

            #[inline]
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.element(value)
            }

            #[inline]
            fn end(self) -> Result<(), Error> {
                self.close()
            }
        })*
    };
}

/// The traits of serde for what has fields.
macro_rules! fields {
    ($($of:ident;)*) => {
        $(impl ser::$of for Items<'_> {
            type Ok = ();
            type Error = Error;

            #[inline]
            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), Error> {
                self.field(name, value)
            }

            #[inline]
            fn end(self) -> Result<(), Error> {
                self.close()
            }
        })*
    };
}

elements! {
    SerializeSeq serialize_element;
    SerializeTuple serialize_element;
    SerializeTupleStruct serialize_field;
    SerializeTupleVariant serialize_field;
}

fields! {
    SerializeStruct;
    SerializeStructVariant;
}

impl ser::SerializeMap for Items<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        let text = self.next().0;
        let start = text.len();
        key.serialize(Writer(text))?;
        match text.as_bytes().get(start) {
            Some(b'"') => {}
            Some(b'0'..=b'9' | b'-' | b't' | b'f') => {
                text.insert(start, '"');
                text.push('"');
            }
            _ => return Err(ser::Error::custom("a key is a text, a number or a boolean")),
        }
        text.push(':');
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(Writer(self.text))
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

#[cfg(test)]
mod tests;
