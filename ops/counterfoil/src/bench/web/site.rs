//! What is asked: a county that buys care and holds claims, the service's own pages over it, and beside them the handler
//! that only reads one row. Both take their connections from the same pools.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context as _, ensure};
use chrono::Utc;
use counterfoil_core::ids::ClaimId;
use counterfoil_tenants::bare::Bare;
use counterfoil_tenants::claim::{self, Wanted};
use counterfoil_tenants::identity::{Asked, Identity};
use counterfoil_tenants::migrate::migrate;
use counterfoil_tenants::scope::{Provider, Tx};
use counterfoil_tenants::vault::MasterKey;
use counterfoil_tenants::{Config, Connections};
use counterfoil_web::bench::{ROW, bench_router, claims_made_anew, serve, serve_with_row, signed_in_row};
use counterfoil_web::events::Events;
use counterfoil_web::session::Sessions;
use counterfoil_web::{App, Assets, Service};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::drive::Target;
use super::visitor::Visitor;
use crate::bench::county::{County, week};
use crate::bench::run::progress;
use crate::demo::logins::{self, PASSWORD};
use crate::demo::{SEED, load};
use crate::means::{self, Loaded};

/// How much there is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) claims: u32,
    pub(super) contracts: usize,
    pub(super) providers: usize,
}

/// A page that is measured.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) name: &'static str,
    pub(super) path: String,
    pub(super) target: Target,
}

/// What is served.
#[derive(Debug)]
pub(super) struct Site {
    /// The handler to compare with, then the pages.
    pub(super) places: Vec<Place>,
    stop: CancellationToken,
}

impl Drop for Site {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Site {
    /// Fills a fresh database, serves it, and signs somebody in.
    ///
    /// # Errors
    /// Where the database refuses, assets are missing, or signing in fails.
    pub(super) async fn open(config: &Config, assets: Assets, size: Size) -> anyhow::Result<Self> {
        migrate(config).await?;
        let connections = Connections::new(config)?;
        let county = County::with_contracts(size.contracts, size.providers)?;
        let loaded = means::load(MasterKey::generate())?;
        fill(config, &connections, &loaded, &county, size.claims).await?;
        let council = county.council()?;
        let (organisation, person) = county.submitters().into_iter().next().context("nobody submits")?;
        let email = county.world.people.iter().find(|known| known.id == person).context("nobody")?.email.as_str();

        let identity = Identity::new(&connections);
        let yesterday = Asked::by_service(Utc::now() - chrono::TimeDelta::days(1));
        let login = logins::one(&identity, &loaded.means.master_key, &yesterday, (person, email)).await?;

        let stop = CancellationToken::new();
        let pages = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let pages_at = pages.local_addr()?;
        let service = Service {
            config: config.clone(),
            connections: connections.clone(),
            means: loaded.means.clone(),
            sessions: Sessions::memory(),
            events: Events::local(),
            public_address: Url::parse(&format!("http://localhost:{}", pages_at.port()))?,
            trusted_proxies: 0,
            anchor: None,
        };
        let app = App::new(assets, service)?;
        tokio::spawn(serve_with_row(pages, app, stop.clone().cancelled_owned()));

        let scope = identity.provider_scope(person).await?;
        let wanted = Wanted { limit: 50, descending: true, ..Wanted::default() };
        let listed = scope
            .read(async |tx: &mut Tx<'_, Provider>| claim::list_own(tx, council.id, organisation.id, &wanted).await)
            .await?;
        ensure!(!listed.rows.is_empty(), "the provider has no claims");
        let ids: Vec<ClaimId> = listed.rows.iter().map(|row| row.id).collect();
        let row = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let row_at = row.local_addr()?;
        let one = *ids.first().context("the provider has no claims")?;
        tokio::spawn(serve(row, bench_router(scope, council.id, ids), stop.clone().cancelled_owned()));

        let code = || logins::code(&login.address, Utc::now().timestamp().unsigned_abs());
        let cookie = Visitor::sign_in(pages_at, (email, PASSWORD), code).await?;
        let page = |name, path: String| place(name, path, pages_at, &cookie);
        let claims = format!("/organisations/{}/councils/{}/claims", organisation.id, council.slug);
        let places = vec![
            place("a handler that only reads one row", ROW.to_owned(), row_at, ""),
            page("the same row, signed in", signed_in_row(organisation.id, council.slug, one)),
            page("a provider\u{2019}s claims, page 1", claims.clone()),
            page("the same, paid ones, page 7", format!("{claims}?state=paid&page=7")),
            page("home page", "/".to_owned()),
            page("claims, page 1, each time made anew", claims_made_anew(organisation.id, council.slug)),
        ];
        Ok(Self { places, stop })
    }
}

fn place(name: &'static str, path: String, address: SocketAddr, cookie: &str) -> Place {
    let target = Target::page(address, &path, cookie);
    Place { name, path, target }
}

/// Writes the county, and then its claims.
async fn fill(
    config: &Config,
    connections: &Connections,
    loaded: &Loaded,
    county: &County,
    claims: u32,
) -> anyhow::Result<()> {
    let with = load::Means {
        connections,
        master_key: &loaded.means.master_key,
        packs: &loaded.packs,
        holidays: &loaded.means.holidays,
        seed: SEED,
    };
    let bar = progress("County");
    load::world(&with, &county.world, &bar).await?;
    bar.set_message("claims");
    Bare::connect(config).await?.fill_with_claims(county.council()?.id, claims, week().0).await?;
    bar.finish_and_clear();
    Ok(())
}
