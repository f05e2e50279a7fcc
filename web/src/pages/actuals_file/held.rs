//! What is held of an upload, under a key of its own each: what its page shows, what would be stated, which rows are to be
//! mended, the file itself, and how far saving is.

use chrono::{DateTime, TimeDelta, Utc};
use counterfoil_core::actuals_file::Wrong;
use counterfoil_core::ids::{ClaimId, OrganisationId, TenantId};
use counterfoil_core::statement::Statement;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::shown::{ChangeShown, WrongShown};
use crate::access::{ForOrganisationAt, Visit};
use crate::fault::Fault;
use crate::session::Held;

/// What the page of an upload shows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Preview {
    pub(super) organisation: OrganisationId,
    pub(super) council: TenantId,
    /// Until when it is held.
    pub(super) until: DateTime<Utc>,
    /// Rows below the headings.
    pub(super) rows: usize,
    pub(super) new: usize,
    pub(super) changed: usize,
    pub(super) unchanged: usize,
    pub(super) as_planned: usize,
    pub(super) rejected: usize,
    /// Rows that belong to no claim.
    pub(super) loose: usize,
    /// Columns that were passed over.
    pub(super) ignored: Vec<String>,
    pub(super) changes: Vec<ChangeShown>,
    pub(super) more_changes: usize,
    pub(super) wrong: Vec<WrongShown>,
    pub(super) more_wrong: usize,
}

/// What would be stated.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Work {
    /// What is new or changed.
    pub(super) changes: Vec<One>,
    /// What is as planned and was not stated yet.
    pub(super) as_planned: Vec<One>,
}

/// Actuals of a claim.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct One {
    pub(super) claim: ClaimId,
    pub(super) seen: u32,
    pub(super) statement: Statement,
    /// The claim in words.
    pub(super) called: String,
    /// The file's rows, from 0.
    pub(super) rows: Vec<usize>,
}

/// Rows to mend, from 0, with what is wrong.
pub(super) type ToMend = Vec<(usize, Vec<Wrong>)>;

/// How far saving is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Progress {
    pub(super) of: usize,
    pub(super) saved: usize,
    pub(super) refused: Vec<Refused>,
    /// Whether nothing more is to come.
    pub(super) finished: bool,
    /// When it got here.
    pub(super) at: DateTime<Utc>,
}

/// Why a claim was not saved.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Refused {
    pub(super) called: String,
    pub(super) reason: String,
}

impl Progress {
    pub(super) fn done(&self) -> usize {
        self.saved + self.refused.len()
    }

    /// Whether it goes on: what has not moved for a minute was ended with its process.
    pub(super) fn goes_on(&self, now: DateTime<Utc>) -> bool {
        !self.finished && now - self.at < TimeDelta::seconds(60)
    }
}

/// A part of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Preview,
    Work,
    ToMend,
    File,
    Progress,
}

impl Part {
    const ALL: [Self; 5] = [Self::Preview, Self::Work, Self::ToMend, Self::File, Self::Progress];
}

/// Where it is kept which uploads a session has.
const ALL: &str = "actuals-file:all";
/// How many uploads of a session are held at once.
const MOST: usize = 4;

/// The upload of a session.
#[derive(Clone)]
pub(super) struct Upload {
    pub(super) id: Uuid,
    held: Held,
}

impl Upload {
    /// A new one. The oldest of a session's is forgotten for it where there are many, which nobody looks at any more.
    pub(super) async fn new(visit: &Visit) -> Result<Self, Fault> {
        let held = visit.session.held().await.map_err(|error| Fault::away(&error))?;
        let all = held.look(ALL).await.map_err(|error| Fault::away(&error))?;
        let mut all: Vec<Uuid> = read(all)?.unwrap_or_default();
        while all.len() >= MOST {
            let oldest = Self { id: all.remove(0), held: held.clone() };
            for part in Part::ALL {
                held.take(&oldest.key(part)).await.map_err(|error| Fault::away(&error))?;
            }
        }
        let upload = Self { id: Uuid::new_v4(), held };
        all.push(upload.id);
        let all = serde_json::to_vec(&all).map_err(|error| Fault::internal(&error))?;
        upload.held.put(ALL, &all).await.map_err(|error| Fault::away(&error))?;
        Ok(upload)
    }

    /// One that this session has for the organisation and council of the page; any other does not exist.
    pub(super) async fn find(visit: &Visit, pass: &ForOrganisationAt, id: &str) -> Result<(Self, Preview), Fault> {
        let id = Uuid::try_parse(id).map_err(|_| Fault::NotFound)?;
        let held = visit.session.held().await.map_err(|error| Fault::away(&error))?;
        let upload = Self { id, held };
        let preview: Preview = upload.look(Part::Preview).await?.ok_or(Fault::NotFound)?;
        let is_here = preview.organisation == pass.provider.organisation.id && preview.council == pass.council.id;
        if is_here { Ok((upload, preview)) } else { Err(Fault::NotFound) }
    }

    fn key(&self, part: Part) -> String {
        let part = match part {
            Part::Preview => "preview",
            Part::Work => "work",
            Part::ToMend => "mend",
            Part::File => "file",
            Part::Progress => "progress",
        };
        format!("actuals-file:{}:{part}", self.id.simple())
    }

    pub(super) async fn put(&self, part: Part, value: &impl Serialize) -> Result<(), Fault> {
        let bytes = serde_json::to_vec(value).map_err(|error| Fault::internal(&error))?;
        self.put_bytes(part, &bytes).await
    }

    pub(super) async fn put_bytes(&self, part: Part, bytes: &[u8]) -> Result<(), Fault> {
        self.held.put(&self.key(part), bytes).await.map_err(|error| Fault::away(&error))
    }

    pub(super) async fn look<T: DeserializeOwned>(&self, part: Part) -> Result<Option<T>, Fault> {
        read(self.look_bytes(part).await?)
    }

    pub(super) async fn look_bytes(&self, part: Part) -> Result<Option<Vec<u8>>, Fault> {
        self.held.look(&self.key(part)).await.map_err(|error| Fault::away(&error))
    }

    /// Of all who ask, one gets it.
    pub(super) async fn take<T: DeserializeOwned>(&self, part: Part) -> Result<Option<T>, Fault> {
        read(self.held.take(&self.key(part)).await.map_err(|error| Fault::away(&error))?)
    }
}

fn read<T: DeserializeOwned>(bytes: Option<Vec<u8>>) -> Result<Option<T>, Fault> {
    bytes.map(|bytes| serde_json::from_slice(&bytes)).transpose().map_err(|error| Fault::internal(&error))
}
