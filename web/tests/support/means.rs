//! What steps need beside the database, with the rule packs of the repository.
#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests")]

use std::sync::{Arc, LazyLock};

use counterfoil_core::calendar::BankHolidays;
use counterfoil_core::disposition;
use counterfoil_core::pricing::words::Tables;
use counterfoil_rules::{Limits, RuleEngine, packs};
use counterfoil_tenants::steps::Means;
use counterfoil_tenants::vault::MasterKey;

/// Loading a pack takes longer than most tests, so that those of one program share it.
static PRICER: LazyLock<Arc<RuleEngine>> = LazyLock::new(|| {
    let engine = RuleEngine::new(Limits::default()).unwrap();
    for pack in packs::ALL {
        engine.load(pack.component).unwrap();
    }
    Arc::new(engine)
});

/// The means, with a key of the test's own.
pub fn means(key: Arc<MasterKey>) -> Means {
    let own = packs::ALL.iter().map(|pack| pack.words().unwrap());
    let words = own.fold(disposition::messages().unwrap(), Tables::overlaid_with);
    Means {
        pricer: PRICER.clone(),
        holidays: Arc::new(BankHolidays::bundled().unwrap()),
        words: Arc::new(words),
        master_key: key,
    }
}
