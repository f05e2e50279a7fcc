//! The caretaker: clears away what nobody needs any longer. Runs beside `serve` and `worker`, any number of times.

use std::time::Duration;

use chrono::Utc;
use counterfoil_tenants::Connections;
use counterfoil_tenants::identity::Identity;
use tokio_util::sync::CancellationToken;

/// How long between two rounds.
const PAUSE: Duration = Duration::from_secs(60 * 60);

/// Goes round until it is told to stop.
pub(crate) async fn until(connections: &Connections, stop: CancellationToken) {
    let identity = Identity::new(connections);
    while !stop.is_cancelled() {
        match identity.sweep_limits(Utc::now()).await {
            Ok(0) => {}
            Ok(limits) => tracing::debug!(limits, "limits on guessing that had run out are cleared away"),
            Err(error) => tracing::warn!(%error, "limits on guessing that have run out stay until the next round"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}
