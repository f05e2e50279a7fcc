//! The engine with the pack `standard`, the service's words, and a database.

use std::sync::Arc;

use counterfoil_core::calendar::BankHolidays;
use counterfoil_core::disposition;
use counterfoil_core::pricing::{Pricer as _, RuleDigest};
use counterfoil_rules::{Limits, RuleEngine, packs};
use counterfoil_tenants::steps::Means;
use counterfoil_tenants::vault::MasterKey;
use counterfoil_testkit::TestDatabase;

/// What the councils of a story share.
pub(crate) struct World {
    pub(crate) db: TestDatabase,
    pub(crate) engine: Arc<RuleEngine>,
    pub(crate) means: Means,
    /// The component of `standard`.
    pub(crate) standard: RuleDigest,
    /// Its version.
    pub(crate) version: String,
}

impl World {
    pub(crate) async fn new() -> Arc<Self> {
        let engine = Arc::new(RuleEngine::new(Limits::default()).unwrap());
        let standard = engine.load(packs::standard().component).unwrap();
        let version = engine.describe(&standard).unwrap().version;
        let own = packs::standard().words().unwrap();
        let means = Means {
            pricer: engine.clone(),
            holidays: Arc::new(BankHolidays::bundled().unwrap()),
            words: Arc::new(disposition::messages().unwrap().overlaid_with(own)),
            master_key: Arc::new(MasterKey::new([7; 32])),
        };
        Arc::new(Self { db: TestDatabase::new().await, engine, means, standard, version })
    }
}
