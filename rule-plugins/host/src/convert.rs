//! The core's facts and answer in the shapes of the interface, and back.
//!
//! The interface mirrors `counterfoil_core::pricing` field by field, and bindings are made from it twice: by
//! wasmtime for this host, and by wit-bindgen for the SDK. [`wire!`](crate::wire) writes the conversion of owned
//! shapes for either; the host lends facts instead of copying them ([`lend!`](crate::lend!)). Every struct is taken
//! apart and put together with all its fields named, so a field added on one side alone does not compile. What versions of
//! the interface differ in is converted by the adapter of each, in [`abi`](crate::abi).

/// Writes a trait `Wire` with `to_abi` and `from_abi` for every shape, against the module of bindings named; with
/// `answer` before it only for what a rule says.
#[macro_export]
macro_rules! wire {
    ($bindings:path) => {
        $crate::wire!(answer $bindings);

        $crate::wire!(@enums facts Recording { Timetabled, Quantities, None });
        $crate::wire!(@enums facts Terms { Planned, Actual });
        $crate::wire!(@enums facts Unit { Hour, Visit, Session, Day, Night, Week });
        $crate::wire!(@enums facts DayKind { Weekday, Saturday, Sunday, BankHoliday });
        $crate::wire!(@enums facts StayKind { Hospital, Away });
        $crate::wire!(@enums facts EndingKind { Death, End });
        $crate::wire!(@variants facts Value { Flag, Number, Code, Codes });
        $crate::wire!(@records facts Span { from, to });
        $crate::wire!(@records facts Attribute { key, from, to, value });
        $crate::wire!(@records facts Setting { key, scope, from, value });
        $crate::wire!(@records facts DayFacts { day, kind, bank_holiday, closed });
        $crate::wire!(@records facts PlannedDay { day, quantity });
        $crate::wire!(@records facts PlannedVisit { visit, day, start, minutes, carers });
        $crate::wire!(@records facts RateRow { row, band, minutes, day_kind, time_band, from, to, unit, rate });
        $crate::wire!(@records facts StatedDay { day, delivered, frustrated, missed, extra, visits, reason, comment });
        $crate::wire!(@records facts StatedVisit {
            visit, planned, day, start, minutes, actual_start, actual_minutes, carers, delivered, frustrated, missed,
            extra, attributes, reason, comment
        });
        $crate::wire!(@records facts LineFacts {
            line, service, unit, tier, valid, tail, attributes, plan, planned_visits, rates, stated_days, stated_visits
        });
        $crate::wire!(@records facts Stay { kind, from, discharged });
        $crate::wire!(@records facts Ending { kind, happened, notified });
        $crate::wire!(@records facts EarlierDay { line, day, delivered, frustrated, missed, extra, reason });
        $crate::wire!(@records facts ClaimFacts {
            period, recording, terms, stated, attributes, days, lines, stays, ending, earlier, settings
        });
    };

    (answer $bindings:path) => {
        use $bindings as abi;
        use $crate::core_pricing as core;

        /// A shape of the core that has a counterpart in the interface.
        pub trait Wire: Sized {
            /// The counterpart.
            type Abi;
            /// As the interface has it.
            fn to_abi(&self) -> Self::Abi;
            /// As the core has it.
            fn from_abi(abi: Self::Abi) -> Self;
        }

        $crate::wire!(@same bool, u8, u16, u32, i64, (u16, u16));

        impl Wire for String {
            type Abi = Self;
            fn to_abi(&self) -> Self {
                self.clone()
            }
            fn from_abi(abi: Self) -> Self {
                abi
            }
        }

        impl Wire for core::facts::Day {
            type Abi = i32;
            fn to_abi(&self) -> i32 {
                self.0
            }
            fn from_abi(abi: i32) -> Self {
                Self(abi)
            }
        }

        impl<T: Wire> Wire for Vec<T> {
            type Abi = Vec<T::Abi>;
            fn to_abi(&self) -> Self::Abi {
                self.iter().map(Wire::to_abi).collect()
            }
            fn from_abi(abi: Self::Abi) -> Self {
                abi.into_iter().map(Wire::from_abi).collect()
            }
        }

        impl<T: Wire> Wire for Option<T> {
            type Abi = Option<T::Abi>;
            fn to_abi(&self) -> Self::Abi {
                self.as_ref().map(Wire::to_abi)
            }
            fn from_abi(abi: Self::Abi) -> Self {
                abi.map(Wire::from_abi)
            }
        }

        $crate::wire!(@enums answer Verdict { Payable, Suspended, Rejected, Pending });
        $crate::wire!(@enums answer FindingLevel { Note, Mend, Suspend });
        $crate::wire!(@enums pricer UnitOfPricing { Line, Claim });
        $crate::wire!(@variants answer Arg { Day, Days, Minutes, Time, Units, Pence, Count, Code });
        $crate::wire!(@records answer Reason { code, args });
        $crate::wire!(@records answer Charge {
            line, from, to, visit, accounts_for, units, divisor, row, pence, verdict, reason
        });
        $crate::wire!(@records answer Finding { line, day, visit, level, reason });
        $crate::wire!(@records answer LineVerdict { line, verdict, reason });
        $crate::wire!(@records answer Answer { charges, findings, verdicts });
    };

    (@same $($type:ty),*) => {$(
        impl Wire for $type {
            type Abi = Self;
            fn to_abi(&self) -> Self {
                *self
            }
            fn from_abi(abi: Self) -> Self {
                abi
            }
        }
    )*};

    (@enums $module:ident $name:ident { $($case:ident),* }) => {
        impl Wire for core::$module::$name {
            type Abi = abi::$name;
            fn to_abi(&self) -> abi::$name {
                match self { $(Self::$case => abi::$name::$case),* }
            }
            fn from_abi(abi: abi::$name) -> Self {
                match abi { $(abi::$name::$case => Self::$case),* }
            }
        }
    };

    (@variants $module:ident $name:ident { $($case:ident),* }) => {
        impl Wire for core::$module::$name {
            type Abi = abi::$name;
            fn to_abi(&self) -> abi::$name {
                match self { $(Self::$case(value) => abi::$name::$case(value.to_abi())),* }
            }
            fn from_abi(abi: abi::$name) -> Self {
                match abi { $(abi::$name::$case(value) => Self::$case(Wire::from_abi(value))),* }
            }
        }
    };

    (@records $module:ident $name:ident { $($field:ident),* }) => {
        impl Wire for core::$module::$name {
            type Abi = abi::$name;
            fn to_abi(&self) -> abi::$name {
                let Self { $($field),* } = self;
                abi::$name { $($field: $field.to_abi()),* }
            }
            fn from_abi(abi: abi::$name) -> Self {
                let abi::$name { $($field),* } = abi;
                Self { $($field: Wire::from_abi($field)),* }
            }
        }
    };
}
