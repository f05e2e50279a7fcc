//! `/operator`: for whoever operates the platform. Councils are taken on, suspended and resumed here, and it is seen whether
//! the platform is well; nobody's claims and nobody's money.

pub(crate) mod audit;
pub(crate) mod councils;
pub(crate) mod health;
pub(crate) mod onboard;
