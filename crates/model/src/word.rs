//! Closed vocabularies: enums that have one spelling in SQL, JSON, logs and documentation. They are read in any case.

/// Defines an enum whose variants have one fixed spelling each, with `as_str`, `FromStr`, `Display` and serde.
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every member, in order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The one spelling.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                let read = |text: &str| text.parse().ok();
                deserializer.deserialize_str($crate::word::Reader { read, known: &[$($text),+] })
            }
        }

        // The derive would show the variants' names: it does not see through the macro's `rename`.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some(Self::ALL.iter().map(|word| word.as_str())))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::Error;

            fn from_str(text: &str) -> std::result::Result<Self, $crate::Error> {
                match text {
                    $($text => Ok($name::$variant),)+
                    $(_ if text.eq_ignore_ascii_case($text) => Ok($name::$variant),)+
                    _ => Err($crate::word::unknown(text, &[$($text),+])),
                }
            }
        }
    };
}
pub(crate) use words;

/// Reads a word from a document.
pub(crate) struct Reader<T, F: FnOnce(&str) -> Option<T>> {
    pub read: F,
    pub known: &'static [&'static str],
}

impl<T, F: FnOnce(&str) -> Option<T>> serde::de::Visitor<'_> for Reader<T, F> {
    type Value = T;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> std::result::Result<T, E> {
        (self.read)(text).ok_or_else(|| E::unknown_variant(text, self.known))
    }
}

/// The error for a word outside its vocabulary: it names all that would have been right.
pub(crate) fn unknown(text: &str, known: &[&str]) -> crate::Error {
    let shown: String = text.chars().take(40).collect();
    crate::Error::invalid(format!("\"{shown}\" is not one of {}.", known.join(", ")))
}
