//! A claim's facts in the shapes of the interface without copying what they hold: strings are lent, and lists are laid
//! out in one arena that is dropped whole. Pricing a 20-line claim took a tenth longer when each string and list was a
//! block of its own.
//!
//! What a rule says comes back owned; see [`convert`](crate::convert). As there, a macro writes it for the module of
//! bindings that is named, so that each version of the interface has its own.

/// Writes a trait `Lend` with `lend` and `back` for every shape of a claim's facts.
#[macro_export]
macro_rules! lend {
    ($bindings:path) => {
        use $bindings as abi;
        use $crate::Bump;
        use $crate::core_pricing::facts as core;

        /// A shape of the core that is lent to the interface.
        pub trait Lend: Sized {
            /// The counterpart, living as long as what it was lent from.
            type Abi<'a>: Clone
            where
                Self: 'a;

            /// As the interface has it.
            fn lend<'a>(&'a self, arena: &'a Bump) -> Self::Abi<'a>;

            /// As the core has it: what proves that nothing is lost on the way.
            fn back(abi: Self::Abi<'_>) -> Self;
        }

        $crate::lend!(@same bool, u8, u16, u32, i64, (u16, u16));

        impl Lend for String {
            type Abi<'a> = &'a str;
            fn lend<'a>(&'a self, _: &'a Bump) -> &'a str {
                self
            }
            fn back(abi: &str) -> Self {
                abi.to_owned()
            }
        }

        impl Lend for core::Day {
            type Abi<'a> = i32;
            fn lend<'a>(&'a self, _: &'a Bump) -> i32 {
                self.0
            }
            fn back(abi: i32) -> Self {
                Self(abi)
            }
        }

        impl<T: Lend> Lend for Vec<T> {
            type Abi<'a>
                = &'a [T::Abi<'a>]
            where
                T: 'a;
            fn lend<'a>(&'a self, arena: &'a Bump) -> Self::Abi<'a> {
                arena.alloc_slice_fill_iter(self.iter().map(|item| item.lend(arena)))
            }
            fn back(abi: Self::Abi<'_>) -> Self {
                abi.iter().map(|item| T::back(item.clone())).collect()
            }
        }

        impl<T: Lend> Lend for Option<T> {
            type Abi<'a>
                = Option<T::Abi<'a>>
            where
                T: 'a;
            fn lend<'a>(&'a self, arena: &'a Bump) -> Self::Abi<'a> {
                self.as_ref().map(|item| item.lend(arena))
            }
            fn back(abi: Self::Abi<'_>) -> Self {
                abi.map(T::back)
            }
        }

        impl Lend for core::Value {
            type Abi<'a> = abi::Value<'a>;
            fn lend<'a>(&'a self, arena: &'a Bump) -> abi::Value<'a> {
                match self {
                    Self::Flag(flag) => abi::Value::Flag(*flag),
                    Self::Number(number) => abi::Value::Number(*number),
                    Self::Code(code) => abi::Value::Code(code),
                    Self::Codes(codes) => abi::Value::Codes(codes.lend(arena)),
                }
            }
            fn back(abi: abi::Value<'_>) -> Self {
                match abi {
                    abi::Value::Flag(flag) => Self::Flag(flag),
                    abi::Value::Number(number) => Self::Number(number),
                    abi::Value::Code(code) => Self::Code(code.to_owned()),
                    abi::Value::Codes(codes) => Self::Codes(Lend::back(codes)),
                }
            }
        }

        $crate::lend!(@enum Recording { Timetabled, Quantities, None });
        $crate::lend!(@enum Terms { Planned, Actual });
        $crate::lend!(@enum Unit { Hour, Visit, Session, Day, Night, Week });
        $crate::lend!(@enum DayKind { Weekday, Saturday, Sunday, BankHoliday });
        $crate::lend!(@enum StayKind { Hospital, Away });
        $crate::lend!(@enum EndingKind { Death, End });

        $crate::lend!(@record [] Span { from, to });
        $crate::lend!(@record [] DayFacts { day, kind, bank_holiday, closed });
        $crate::lend!(@record [] PlannedDay { day, quantity });
        $crate::lend!(@record [] PlannedVisit { visit, day, start, minutes, carers });
        $crate::lend!(@record [] Stay { kind, from, discharged });
        $crate::lend!(@record [] Ending { kind, happened, notified });

        // those that hold strings or lists live as long as what they were lent from
        $crate::lend!(@record [<'a>] Attribute { key, from, to, value });
        $crate::lend!(@record [<'a>] Setting { key, scope, from, value });
        $crate::lend!(@record [<'a>] RateRow { row, band, minutes, day_kind, time_band, from, to, unit, rate });
        $crate::lend!(@record [<'a>] StatedDay {
            day, delivered, frustrated, missed, extra, visits, reason, comment
        });
        $crate::lend!(@record [<'a>] StatedVisit {
            visit, planned, day, start, minutes, actual_start, actual_minutes, carers, delivered, frustrated, missed,
            extra, attributes, reason, comment
        });
        $crate::lend!(@record [<'a>] LineFacts {
            line, service, unit, tier, valid, tail, attributes, plan, planned_visits, rates, stated_days, stated_visits
        });
        $crate::lend!(@record [<'a>] EarlierDay { line, day, delivered, frustrated, missed, extra, reason });
        $crate::lend!(@record [<'a>] ClaimFacts {
            period, recording, terms, stated, attributes, days, lines, stays, ending, earlier, settings
        });
    };

    (@same $($type:ty),*) => {$(
        impl Lend for $type {
            type Abi<'a> = Self;
            fn lend<'a>(&'a self, _: &'a Bump) -> Self {
                *self
            }
            fn back(abi: Self) -> Self {
                abi
            }
        }
    )*};

    (@enum $name:ident { $($case:ident),* }) => {
        impl Lend for core::$name {
            type Abi<'a> = abi::$name;
            fn lend<'a>(&'a self, _: &'a Bump) -> abi::$name {
                match self { $(Self::$case => abi::$name::$case),* }
            }
            fn back(abi: abi::$name) -> Self {
                match abi { $(abi::$name::$case => Self::$case),* }
            }
        }
    };

    (@record [$($life:tt)*] $name:ident { $($field:ident),* }) => {
        impl Lend for core::$name {
            type Abi<'a> = abi::$name $($life)*;
            fn lend<'a>(&'a self, arena: &'a Bump) -> Self::Abi<'a> {
                let Self { $($field),* } = self;
                abi::$name { $($field: $field.lend(arena)),* }
            }
            fn back(abi: Self::Abi<'_>) -> Self {
                let abi::$name { $($field),* } = abi;
                Self { $($field: Lend::back($field)),* }
            }
        }
    };
}
