//! The lists of a request: resources, in each its scopes, and in each its records. They are taken apart without being read, so
//! that no more than one record is in memory, whatever is sent.

use std::fmt;

use prost::Message;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::MAX_RECORDS;

/// A message in its encoding, not yet read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part<'a> {
    Protobuf(&'a [u8]),
    Json(&'a str),
}

/// Why a request cannot be read.
#[derive(Debug, PartialEq)]
pub(super) enum Unreadable {
    Malformed(String),
    /// A list has more than [`MAX_RECORDS`] members.
    TooMany,
}

/// Where a message has its list and what the list's members have in common: their tags and their names.
#[derive(Debug, Clone, Copy)]
pub(super) struct Level {
    pub(super) head: Option<(u32, &'static str)>,
    pub(super) items: (u32, &'static str),
}

/// A message with a list.
#[derive(Debug, Default)]
pub(super) struct Branch<'a> {
    pub(super) head: Option<Part<'a>>,
    pub(super) items: Vec<Part<'a>>,
}

impl<'a> Part<'a> {
    pub(super) fn len(self) -> usize {
        match self {
            Self::Protobuf(bytes) => bytes.len(),
            Self::Json(text) => text.len(),
        }
    }

    pub(super) fn read<T: Message + Default + DeserializeOwned>(self) -> Result<T, Unreadable> {
        match self {
            Self::Protobuf(bytes) => T::decode(bytes).map_err(malformed),
            Self::Json(text) => serde_json::from_str(text).map_err(malformed),
        }
    }

    pub(super) fn branch(self, level: Level) -> Result<Branch<'a>, Unreadable> {
        match self {
            Self::Protobuf(bytes) => protobuf_branch(bytes, level),
            Self::Json(text) => {
                let mut is_too_long = false;
                let seed = JsonBranch { level, is_too_long: &mut is_too_long };
                let mut deserializer = serde_json::Deserializer::from_str(text);
                let read = seed.deserialize(&mut deserializer).and_then(|branch| deserializer.end().map(|()| branch));
                read.map_err(|error| if is_too_long { Unreadable::TooMany } else { malformed(error) })
            }
        }
    }
}

fn malformed(error: impl fmt::Display) -> Unreadable {
    Unreadable::Malformed(error.to_string())
}

fn protobuf_branch(mut rest: &[u8], level: Level) -> Result<Branch<'_>, Unreadable> {
    let mut branch = Branch::default();
    while !rest.is_empty() {
        let (tag, wire_type) = decode_key(&mut rest).map_err(malformed)?;
        let (is_item, is_head) = (tag == level.items.0, level.head.is_some_and(|(head, _)| tag == head));
        if !is_item && !is_head {
            skip_field(wire_type, tag, &mut rest, DecodeContext::default()).map_err(malformed)?;
            continue;
        }
        if wire_type != WireType::LengthDelimited {
            return Err(malformed(format_args!("field {tag} is not a message")));
        }
        let length = usize::try_from(decode_varint(&mut rest).map_err(malformed)?).unwrap_or(usize::MAX);
        let (part, behind) = rest.split_at_checked(length).ok_or_else(|| malformed("it is cut off"))?;
        rest = behind;
        if is_head {
            branch.head = Some(Part::Protobuf(part));
        } else if branch.items.len() == MAX_RECORDS {
            return Err(Unreadable::TooMany);
        } else {
            branch.items.push(Part::Protobuf(part));
        }
    }
    Ok(branch)
}

/// Whether a key of JSON is the name of a field, which is given in lowerCamelCase: a parser accepts `snake_case`, too.
fn is_name(key: &str, name: &str) -> bool {
    key == name
        || key.chars().eq(name
            .chars()
            .flat_map(|letter| letter.is_ascii_uppercase().then_some('_').into_iter().chain(letter.to_lowercase())))
}

/// Reads an object with a list.
struct JsonBranch<'l> {
    level: Level,
    is_too_long: &'l mut bool,
}

impl<'de> DeserializeSeed<'de> for JsonBranch<'_> {
    type Value = Branch<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Branch<'de>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for JsonBranch<'_> {
    type Value = Branch<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "an object with {:?}", self.level.items.1)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Branch<'de>, A::Error> {
        let mut branch = Branch::default();
        while let Some(key) = map.next_key::<String>()? {
            if is_name(&key, self.level.items.1) {
                branch.items = map.next_value_seed(JsonList { is_too_long: &mut *self.is_too_long })?;
            } else if self.level.head.is_some_and(|(_, head)| is_name(&key, head)) {
                branch.head = map.next_value::<Option<&RawValue>>()?.map(|value| Part::Json(value.get()));
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(branch)
    }
}

struct JsonList<'l> {
    is_too_long: &'l mut bool,
}

impl<'de> DeserializeSeed<'de> for JsonList<'_> {
    type Value = Vec<Part<'de>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for JsonList<'_> {
    type Value = Vec<Part<'de>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element::<&RawValue>()? {
            if items.len() == MAX_RECORDS {
                *self.is_too_long = true;
                return Err(A::Error::custom("the list is too long"));
            }
            items.push(Part::Json(item.get()));
        }
        Ok(items)
    }
}
