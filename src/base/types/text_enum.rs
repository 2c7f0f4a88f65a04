//! Enums that stand in the database, in forms and in addresses as a word.

/// Declares an enum whose variants are words: `text_enum! { /// doc⏎ pub enum Role { /// doc⏎ Owner = "owner", … } }`.
///
/// Gives `as_str`, `parse` (exact), `ALL` in the order written, `Display`, and a `TEXT` column on both databases. A word
/// that is in a column but not in the enum is an error when read, never a silent default.
macro_rules! text_enum {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident {
            $( $(#[$variant_meta:meta])* $variant:ident = $word:literal ),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
        )]
        #[diesel(sql_type = diesel::sql_types::Text)]
        $vis enum $name {
            $( $(#[$variant_meta])* $variant ),+
        }

        #[allow(dead_code, reason = "not every enum is listed, parsed and shown")]
        impl $name {
            /// Every value, in the order of the declaration.
            $vis const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word that stands in the database, in forms and in addresses.
            #[must_use]
            $vis const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The value of exactly this word.
            #[must_use]
            $vis fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl<DB> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                <str as diesel::serialize::ToSql<diesel::sql_types::Text, DB>>::to_sql(self.as_str(), out)
            }
        }

        impl<DB> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            fn from_sql(raw: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                let word = <String as diesel::deserialize::FromSql<diesel::sql_types::Text, DB>>::from_sql(raw)?;
                Self::parse(&word)
                    .ok_or_else(|| format!("{word:?} is no {}", stringify!($name)).into())
            }
        }
    };
}
pub(crate) use text_enum;

#[cfg(test)]
mod tests {
    use diesel::prelude::*;
    use diesel::sql_types::Text;

    use crate::base::types::sql::tests::engine;

    text_enum! {
        /// A colour of a traffic light.
        pub(crate) enum Light {
            /// Stop.
            Red = "red",
            /// Go.
            Green = "green",
        }
    }

    #[test]
    fn words_and_values_belong_together() {
        assert_eq!(Light::ALL, [Light::Red, Light::Green]);
        for light in Light::ALL {
            assert_eq!(Light::parse(light.as_str()), Some(*light));
        }
        assert_eq!(Light::parse("Red"), None);
        assert_eq!(Light::Green.to_string(), "green");
    }

    #[test]
    fn an_unknown_word_in_a_column_is_an_error() {
        let engine = &mut engine();
        let green = diesel::select(Light::Green.into_sql::<Text>());
        assert_eq!(green.get_result::<Light>(engine).unwrap(), Light::Green);
        let blue = diesel::select("blue".into_sql::<Text>());
        assert!(blue.get_result::<Light>(engine).is_err());
    }
}
