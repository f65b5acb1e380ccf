//! The macro that makes a type of identifiers out of what their texts must be.

/// Makes a type of identifiers: its name, a check of texts, what it requires in words, and, where
/// several texts are one id, which of them it is.
///
/// Values are parsed once, also where they are read by serde, as the texts that they are. They
/// are cheap to clone: a batch of writes names the same ones many times.
#[macro_export]
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $check:expr, $rule:expr $(, $canonical:expr)? $(,)?) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(::std::sync::Arc<str>);

        impl $name {
            #[doc = concat!("What the text must be: ", $rule, ".")]
            pub const RULE: &'static str = $rule;

            /// Checks the text against [`Self::RULE`].
            pub fn parse(text: &str) -> ::std::result::Result<Self, $crate::id::InvalidId> {
                let check: fn(&str) -> bool = $check;
                $(
                    let canonical: fn(&str) -> &str = $canonical;
                    let text = canonical(text);
                )?
                if check(text) {
                    Ok(Self(text.into()))
                } else {
                    Err($crate::id::InvalidId(Self::RULE))
                }
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Debug::fmt(&self.0, f)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                let text = <String as $crate::serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&text).map_err($crate::serde::de::Error::custom)
            }
        }
    };
}
