//! In whose name a command changes a council's rules: an administrator of the council, with the roles that they have at this
//! moment. Whoever may run the command has the database; the record of what was done says whom it was done for, and that
//! it was done by a command.

use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use counterfoil_core::ids::PersonId;
use counterfoil_core::pricing::canonical;
use counterfoil_tenants::identity::CouncilRole;
use counterfoil_tenants::rule_version::{self, Who};
use counterfoil_tenants::scope::{CouncilScope, Tx};
use counterfoil_tenants::steps::Means;
use counterfoil_tenants::vault::MasterKey;

use crate::commands::platform::Platform;
use crate::means;

/// How much of a digest names it at least.
const SHORTEST: usize = 8;

/// At which council, and as whom.
#[derive(Debug, Args)]
pub(super) struct ActingArgs {
    /// The council, as it is named in addresses
    #[arg(long, value_name = "SLUG")]
    council: String,
    /// The address that an administrator of the council signs in with
    #[arg(long = "as", value_name = "EMAIL")]
    email: String,
}

/// An administrator at a council.
pub(super) struct Acting {
    _platform: Platform,
    pub(super) scope: CouncilScope,
    pub(super) means: Means,
    person: PersonId,
    name: String,
}

/// What steps about rules need. They open no secret, so that a key which opens none stands in its place.
pub(super) fn means() -> anyhow::Result<Means> {
    Ok(means::load(MasterKey::new([0; 32]))?.means)
}

impl Acting {
    /// Finds out whether the person may act at the council.
    ///
    /// # Errors
    /// Where they may not, or the database cannot be reached.
    pub(super) async fn open(args: &ActingArgs, command: &str) -> anyhow::Result<Self> {
        let platform = Platform::open().await?;
        let (email, slug) = (args.email.trim(), args.council.as_str());
        let unknown = || format!("nobody signs in as {email}: invite them to the council\u{2019}s staff first");
        let person = platform.identity.person_with_email(email).await?.with_context(unknown)?;
        let access = platform.identity.access(person).await?.with_context(unknown)?;
        let council = access.councils().iter().find(|council| council.slug == slug);
        let Some(council) = council else {
            bail!(
                "{email} does not belong to a council \u{2018}{slug}\u{2019}: `counterfoil council list` names the councils"
            );
        };
        ensure!(
            council.roles.contains(&CouncilRole::Administrator),
            "{email} is no administrator of {}: only administrators change how it pays",
            council.name
        );
        let scope = access.council_scope(council.id)?.with_request_id(&format!("command-rules-{command}"));
        Ok(Self { scope, means: means()?, person, name: access.name().to_owned(), _platform: platform })
    }

    /// As whom, for the history.
    pub(super) fn who(&self) -> Who<'_> {
        Who { person: self.person, name: &self.name }
    }

    /// The digest of the version that is meant: a component's own, a digest, or the beginning of one that the council has.
    ///
    /// # Errors
    /// Where none or several are meant.
    pub(super) async fn version(&self, named: &str) -> anyhow::Result<String> {
        if Path::new(named).is_file() {
            let component = std::fs::read(named).with_context(|| format!("{named} cannot be read"))?;
            return Ok(canonical::digest(&component));
        }
        let hexadecimal = named.bytes().all(|byte| byte.is_ascii_hexdigit());
        ensure!(
            hexadecimal && named.len() >= SHORTEST,
            "\u{2018}{named}\u{2019} names no version: give the component\u{2019}s file, or its digest, of which the first {SHORTEST} digits \
             are enough"
        );
        let named = named.to_lowercase();
        let uploaded = self.scope.read(async |tx: &mut Tx<'_>| rule_version::versions(tx).await).await?;
        let bundled = self.means.pricer.bundled().into_iter().map(|rule| rule.digest.0);
        let mut found: Vec<String> = uploaded.into_iter().map(|version| version.digest).chain(bundled).collect();
        found.retain(|digest| digest.starts_with(&named));
        match (found.pop(), found.is_empty()) {
            (Some(only), true) => Ok(only),
            (Some(_), false) => bail!("several versions begin with {named}: give more of the digest"),
            (None, _) => bail!("the council has no version {named}: upload it first"),
        }
    }
}
