//! The demo's logins: everybody chooses a password and sets up a code generator, in the way that people do. What to sign in
//! with is written into `sign-in.csv`; `counterfoil code KEY` shows what a telephone would.

use std::fmt::Write as _;

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use counterfoil_core::ids::PersonId;
use counterfoil_tenants::Connections;
use counterfoil_tenants::identity::code::Setup;
use counterfoil_tenants::identity::{Asked, Identity};
use counterfoil_tenants::vault::MasterKey;
use totp_rs::Totp;

use super::outbox::Outbox;
use super::world::World;

/// Everybody's password in the demo, which nobody else can reach.
pub(crate) const PASSWORD: &str = "Ladle kestrel 47 tugboat";

/// Whoever has not signed in for so long that their login sleeps.
const ASLEEP: &str = "staff@quillfield-homes.example";
/// Since when: a day longer than a login stays awake.
const ASLEEP_FOR: TimeDelta = TimeDelta::days(91);
/// Since when the others have their passwords: long enough that a lost second factor can be set up anew.
const OPENED: TimeDelta = TimeDelta::days(2);

/// Opens everybody's login.
///
/// # Errors
/// Where a login cannot be opened or the file cannot be written.
pub(crate) async fn open(
    connections: &Connections,
    key: &MasterKey,
    world: &World,
    (outbox, now): (&Outbox, DateTime<Utc>),
) -> anyhow::Result<()> {
    let identity = Identity::new(connections);
    let mut file = String::from("email,name,password,key\n");
    for person in &world.people {
        let ago = if person.email == ASLEEP { ASLEEP_FOR } else { OPENED };
        let asked = Asked::by_service(now - ago);
        let setup = one(&identity, key, &asked, (person.id, &person.email)).await?;
        writeln!(file, "{},{},{PASSWORD},{}", person.email, person.name, setup.key.replace(' ', ""))?;
    }
    identity.letters_read(now).await?;
    outbox.sign_in(&file)
}

/// Opens one login, and gives what its code generator was set up with.
///
/// # Errors
/// Where it cannot be opened.
pub(crate) async fn one(
    identity: &Identity,
    key: &MasterKey,
    asked: &Asked,
    (person, email): (PersonId, &str),
) -> anyhow::Result<Setup> {
    let link = identity.invite_again(asked, person).await?;
    let token = identity.arm_link(link, asked.at).await?.context("an invitation that is not good")?;
    let chosen = identity.choose_password(asked, &token, PASSWORD).await?;
    chosen.map_err(|unfit| anyhow::anyhow!("the demo\u{2019}s password: {unfit}"))?;
    let setup = identity.code_setup(key, person, email, asked.at).await?;
    let code = code(&setup.address, asked.at.timestamp().unsigned_abs())?;
    let enrolled = identity.enrol_generator(key, asked, person, &code).await?;
    enrolled.context("a code that is not right")?;
    identity.signed_in(asked, person, "demo", None).await?;
    Ok(setup)
}

/// The code of an `otpauth` address at a second of the clock.
///
/// # Errors
/// Where it is no such address.
pub(crate) fn code(address: &str, at: u64) -> anyhow::Result<String> {
    let totp = Totp::from_url(address).map_err(|error| anyhow::anyhow!("a code generator: {error:?}"))?;
    Ok(totp.generate(at).to_string())
}
