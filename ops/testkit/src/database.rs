//! A database of its own for each test: a copy of one that was migrated once for the whole run.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use counterfoil_services::{PgServer, SUPERUSER};
use counterfoil_tenants::identity::Identity;
use counterfoil_tenants::jobs::Dispatcher;
use counterfoil_tenants::migrate::migrate;
use counterfoil_tenants::{Config, Connections, database};
use uuid::Uuid;

use crate::pg;

/// A database, removed when nobody owns it any more.
struct Owned {
    server: PgServer,
    name: String,
}

impl Owned {
    /// Makes one as a copy of another.
    async fn copy_of(server: &PgServer, other: &str) -> Self {
        let name = format!("test_{}", Uuid::new_v4().simple());
        let made = database::create(&maintenance(server), &name, Some(other)).await;
        assert!(made.unwrap(), "a new name is free");
        Self { server: server.clone(), name }
    }
}

/// A migrated database without any row, removed when it is dropped. Tests that use it run in parallel:
/// `#[tokio::test(flavor = "multi_thread")]`, which the migrations need.
pub struct TestDatabase {
    owned: Owned,
    config: Config,
    connections: Connections,
    ids: AtomicU64,
}

/// A database to which nobody is connected, so that copies of it, with all that a test put in, take a moment each.
pub struct Original {
    owned: Owned,
    next_id: u64,
}

impl Original {
    /// A copy.
    ///
    /// # Panics
    /// Where the server refuses.
    pub async fn copy(&self) -> TestDatabase {
        TestDatabase::of(Owned::copy_of(&self.owned.server, &self.owned.name).await, self.next_id)
    }
}

impl TestDatabase {
    /// Copies the migrated database of the run, which the first to ask makes.
    ///
    /// # Panics
    /// Where there is no server or the migrations fail.
    pub async fn new() -> Self {
        Self::on(pg()).await
    }

    /// The same on a server of the test's own, which it may kill.
    ///
    /// # Panics
    /// As [`new`](Self::new).
    pub async fn on(server: &PgServer) -> Self {
        let template = template(server).await;
        Self::of(Owned::copy_of(server, &template).await, 1)
    }

    fn of(owned: Owned, next_id: u64) -> Self {
        let config = Config::new(&owned.server.url(SUPERUSER, &owned.name)).unwrap().pool_size(8);
        let connections = Connections::new(&config).unwrap();
        Self { owned, config, connections, ids: AtomicU64::new(next_id) }
    }

    /// Puts the database aside to be copied; every scope on it has to be gone.
    #[must_use]
    pub fn original(self) -> Original {
        Original { next_id: self.ids.into_inner(), owned: self.owned }
    }

    /// Where it is, as its owner.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// Its URL for a role.
    #[must_use]
    pub fn url(&self, role: &str) -> String {
        self.owned.server.url(role, &self.owned.name)
    }

    /// Its pools.
    #[must_use]
    pub const fn connections(&self) -> &Connections {
        &self.connections
    }

    /// Its platform tables.
    #[must_use]
    pub fn identity(&self) -> Identity {
        Identity::new(&self.connections)
    }

    /// Its job queue.
    #[must_use]
    pub fn dispatcher(&self) -> Dispatcher {
        Dispatcher::new(&self.connections)
    }

    /// An id that the test has not used yet: 1, 2, 3, so that failures read alike in every run.
    #[must_use]
    pub fn id(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.ids.fetch_add(1, Ordering::Relaxed)))
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        let (name, maintenance) = (std::mem::take(&mut self.name), maintenance(&self.server));
        // the test's own runtime may be at its end
        let removed = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(database::remove(&maintenance, &name)).map_err(std::io::Error::other)
        });
        if let Ok(Err(error)) = removed.join() {
            eprintln!("a test database was left behind: {error}");
        }
    }
}

fn maintenance(server: &PgServer) -> Config {
    Config::new(&server.url(SUPERUSER, "postgres")).unwrap()
}

/// The migrated database, named after the migrations. Whoever is first makes it beside the name and then takes the
/// name; whoever comes second throws its own away.
async fn template(server: &PgServer) -> String {
    let name = format!("counterfoil_template_{:016x}", fingerprint());
    let draft = format!("draft_{}", Uuid::new_v4().simple());
    let maintenance = maintenance(server);
    if exists(server, &name).await {
        return name;
    }
    database::create(&maintenance, &draft, None).await.unwrap();
    migrate(&Config::new(&server.url(SUPERUSER, &draft)).unwrap()).await.unwrap();
    if !database::rename(&maintenance, &draft, &name).await.unwrap() {
        database::remove(&maintenance, &draft).await.unwrap();
    }
    name
}

async fn exists(server: &PgServer, name: &str) -> bool {
    let config = Config::new(&server.url(SUPERUSER, name)).unwrap();
    counterfoil_tenants::migrate::is_current(&config).await.unwrap_or(false)
}

/// Changes with every byte of the migrations.
fn fingerprint() -> u64 {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path().join("up.sql")).collect();
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.file_name().hash(&mut hasher);
        std::fs::read(&file).unwrap().hash(&mut hasher);
    }
    hasher.finish()
}
