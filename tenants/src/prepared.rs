//! SQL that is written by hand and yet prepared once on each connection, so that what is asked again and again is parsed
//! and planned once. Diesel's own `sql_query` is prepared anew each time.
//!
//! The text has to be one of few: each one stays with its connection. What varies is a value, never text.

use std::borrow::Cow;
use std::marker::PhantomData;

use chrono::NaiveDate;
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Date, Text, Uuid as SqlUuid};
use uuid::Uuid;

/// A statement whose rows have the SQL types `ST`.
pub(crate) struct Prepared<ST> {
    parts: Vec<Part>,
    row: PhantomData<fn() -> ST>,
}

enum Part {
    Sql(Cow<'static, str>),
    Id(Uuid),
    Ids(Vec<Uuid>),
    Day(NaiveDate),
    Number(i64),
    Words(String),
}

impl<ST> Prepared<ST> {
    pub(crate) fn new(sql: &'static str) -> Self {
        Self { parts: vec![Part::Sql(sql.into())], row: PhantomData }
    }

    /// Text that goes on after the value before it.
    pub(crate) fn sql(self, sql: impl Into<Cow<'static, str>>) -> Self {
        self.with(Part::Sql(sql.into()))
    }

    pub(crate) fn id(self, id: Uuid) -> Self {
        self.with(Part::Id(id))
    }

    pub(crate) fn ids(self, ids: Vec<Uuid>) -> Self {
        self.with(Part::Ids(ids))
    }

    pub(crate) fn day(self, day: NaiveDate) -> Self {
        self.with(Part::Day(day))
    }

    pub(crate) fn number(self, number: i64) -> Self {
        self.with(Part::Number(number))
    }

    pub(crate) fn words(self, words: &str) -> Self {
        self.with(Part::Words(words.to_owned()))
    }

    fn with(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }
}

impl<ST> QueryFragment<Pg> for Prepared<ST> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        for part in &self.parts {
            match part {
                Part::Sql(sql) => out.push_sql(sql),
                Part::Id(id) => out.push_bind_param::<SqlUuid, _>(id)?,
                Part::Ids(ids) => out.push_bind_param::<Array<SqlUuid>, _>(ids)?,
                Part::Day(day) => out.push_bind_param::<Date, _>(day)?,
                Part::Number(number) => out.push_bind_param::<BigInt, _>(number)?,
                Part::Words(words) => out.push_bind_param::<Text, _>(words)?,
            }
        }
        Ok(())
    }
}

/// Known by its text.
impl<ST> QueryId for Prepared<ST> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<ST> Query for Prepared<ST> {
    type SqlType = ST;
}
