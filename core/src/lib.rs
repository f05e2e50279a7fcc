//! The domain of Counterfoil, pure: no input or output, no clock, no database.
//!
//! The modules stand in the order in which a claim flows: who acts ([`ids`], [`actor`]), in what money
//! ([`money`]), on which dates ([`calendar`]), against what plan and prices ([`plan`], [`rate_card`]; agreed in a
//! [`contract_document`] and changed by an [`adjustment`]), what the
//! provider states ([`statement`]), the claim that carries it ([`claim`]), what the council's rule makes of it
//! ([`pricing`]; in a [`language`] that people read), what is within tolerance ([`tolerance`]), what becomes of each unit ([`disposition`]), what a
//! run posts ([`entry`], [`run`]), the bank file ([`bacs`]), what the payee is told ([`remittance`], [`notice`]),
//! what providers invoice themselves ([`invoice`]),
//! what the audit keeps ([`event`]) and what seals it ([`audit_chain`]).
//!
//! Time, randomness and ids enter as arguments.

pub mod actor;
pub mod actuals_file;
pub mod adjustment;
pub mod attachment;
pub mod audit_chain;
pub mod bacs;
pub mod calendar;
pub mod claim;
pub mod contract_document;
pub mod disposition;
pub mod dispute;
pub mod entry;
pub mod event;
pub mod ids;
pub mod invoice;
pub mod language;
pub mod money;
pub mod notice;
pub mod plan;
pub mod pricing;
pub mod rate_card;
pub mod remittance;
pub mod run;
pub mod side;
pub mod statement;
pub mod tolerance;
