//! The council itself, as the platform knows it: what its own scope may read of it.

use counterfoil_core::calendar::Division;
use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;

use crate::error::{Error, Result};
use crate::schema::council;
use crate::scope::Tx;

/// The part of the United Kingdom whose bank holidays the council keeps.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Unreadable`].
pub async fn division(tx: &mut Tx<'_>) -> Result<Division> {
    let tenant = tx.tenant().uuid();
    let division: String =
        council::table.filter(council::id.eq(tenant)).select(council::division).first(tx.conn()).await?;
    division.parse().map_err(|error| Error::Unreadable { what: format!("council.division: {error}") })
}
