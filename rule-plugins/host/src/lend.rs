//! A claim's facts in the shapes of the interface without copying what they hold: strings are lent, and lists are laid
//! out in one arena that is dropped whole. Pricing a 20-line claim took a tenth longer when each string and list was a
//! block of its own.
//!
//! What a rule says comes back owned; see [`convert`](crate::convert).

use bumpalo::Bump;
use counterfoil_core::pricing::facts as core;

use crate::abi::v0_1_0::shapes as abi;

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

macro_rules! same {
    ($($type:ty),*) => {$(
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
}

same!(bool, u8, u16, u32, i64, (u16, u16));

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

macro_rules! enums {
    ($($name:ident { $($case:ident),* })*) => {$(
        impl Lend for core::$name {
            type Abi<'a> = abi::$name;
            fn lend<'a>(&'a self, _: &'a Bump) -> abi::$name {
                match self { $(Self::$case => abi::$name::$case),* }
            }
            fn back(abi: abi::$name) -> Self {
                match abi { $(abi::$name::$case => Self::$case),* }
            }
        }
    )*};
}

macro_rules! records {
    ($($name:ident { $($field:ident),* })*) => {$(
        impl Lend for core::$name {
            type Abi<'a> = abi::$name;
            fn lend<'a>(&'a self, arena: &'a Bump) -> abi::$name {
                let Self { $($field),* } = self;
                abi::$name { $($field: $field.lend(arena)),* }
            }
            fn back(abi: abi::$name) -> Self {
                let abi::$name { $($field),* } = abi;
                Self { $($field: Lend::back($field)),* }
            }
        }
    )*};
}

/// Records that hold strings or lists.
macro_rules! lent {
    ($($name:ident { $($field:ident),* })*) => {$(
        impl Lend for core::$name {
            type Abi<'a> = abi::$name<'a>;
            fn lend<'a>(&'a self, arena: &'a Bump) -> abi::$name<'a> {
                let Self { $($field),* } = self;
                abi::$name { $($field: $field.lend(arena)),* }
            }
            fn back(abi: abi::$name<'_>) -> Self {
                let abi::$name { $($field),* } = abi;
                Self { $($field: Lend::back($field)),* }
            }
        }
    )*};
}

enums! {
    Recording { Timetabled, Quantities, None }
    Terms { Planned, Actual }
    Unit { Hour, Visit, Session, Day, Night, Week }
    DayKind { Weekday, Saturday, Sunday, BankHoliday }
    StayKind { Hospital, Away }
    EndingKind { Death, End }
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

records! {
    Span { from, to }
    DayFacts { day, kind, bank_holiday, closed }
    PlannedDay { day, quantity }
    PlannedVisit { visit, day, start, minutes, carers }
    Stay { kind, from, discharged }
    Ending { kind, happened, notified }
}

lent! {
    Attribute { key, from, to, value }
    Setting { key, scope, from, value }
    RateRow { row, band, minutes, day_kind, time_band, from, to, unit, rate }
    StatedDay { day, delivered, frustrated, missed, extra, visits, reason, comment }
    StatedVisit {
        visit, planned, day, start, minutes, actual_start, actual_minutes, carers, delivered, frustrated, missed,
        extra, attributes, reason, comment
    }
    LineFacts {
        line, service, unit, tier, valid, tail, attributes, plan, planned_visits, rates, stated_days, stated_visits
    }
    EarlierDay { line, day, delivered, frustrated, missed, extra, reason }
    ClaimFacts {
        period, recording, terms, stated, attributes, days, lines, stays, ending, earlier, settings
    }
}
