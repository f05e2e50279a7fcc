//! The forty providers: what each delivers and for which councils. Ten are contracted with two to four councils, and
//! six are Shared Lives carers, who are providers of one person.

use counterfoil_core::ids::OrganisationId;

use crate::demo::seed::Seed;

/// A provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Organisation {
    /// Its id.
    pub(crate) id: OrganisationId,
    /// Its name.
    pub(crate) name: &'static str,
    /// What it delivers.
    pub(crate) trades: &'static [Trade],
    /// The slugs of the councils that it is contracted with.
    pub(crate) councils: &'static [&'static str],
}

/// A kind of care that a provider delivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Trade {
    /// Visits to people's homes.
    HomeCare,
    /// Day centres.
    DayCare,
    /// Care in extra care housing.
    ExtraCare,
    /// Support in people's own tenancies.
    SupportedLiving,
    /// Care homes, with nursing or without.
    Residential,
    /// A carer who shares their home.
    SharedLives,
}

impl Trade {
    /// What the provider's site for it is called.
    #[must_use]
    pub(crate) const fn site(self) -> &'static str {
        match self {
            Self::HomeCare => "Branch",
            Self::DayCare => "Day Centre",
            Self::ExtraCare => "Court",
            Self::SupportedLiving => "Support",
            Self::Residential => "House",
            Self::SharedLives => "Home",
        }
    }
}

/// The slug of the council on its table of 2020/21.
pub(crate) const W20: &str = "worcestershire-2020";
/// The slug of the council with weekly actuals and three published tables.
pub(crate) const W24: &str = "worcestershire-2024";
/// The slug of the council that turns actuals into scheduled payments.
pub(crate) const BRA: &str = "bradford";
/// The slug of the council whose providers upload files.
pub(crate) const STY: &str = "south-tyneside";
/// The slug of the council with provisional invoices.
pub(crate) const MOS: &str = "fenmere";

use Trade::{DayCare, ExtraCare, HomeCare, Residential, SharedLives, SupportedLiving};

type Row = (&'static str, &'static [Trade], &'static [&'static str]);

const ROWS: [Row; 40] = [
    ("Ashgrove Home Care", &[HomeCare], &[W20, W24]),
    ("Beacon Support", &[SupportedLiving], &[W20, W24, BRA]),
    ("Cedar Court Care", &[Residential], &[W20, W24]),
    ("Dovedale Care", &[HomeCare, ExtraCare], &[W24, BRA, STY, MOS]),
    ("Elmfield Homes", &[Residential], &[BRA, STY]),
    ("Fernhill Community", &[DayCare], &[W24, MOS]),
    ("Greenway Living", &[SupportedLiving, DayCare], &[BRA, STY, MOS]),
    ("Harbour Home Support", &[HomeCare], &[STY, MOS]),
    ("Ivybridge Care Group", &[HomeCare, Residential], &[W20, W24, BRA, MOS]),
    ("Juniper Care", &[HomeCare], &[BRA, STY]),
    ("Kestrel Domiciliary", &[HomeCare], &[W20]),
    ("Larch House Care", &[Residential], &[W20]),
    ("Meadow Day Services", &[DayCare], &[W20]),
    ("Nightingale Court", &[ExtraCare], &[W20]),
    ("Oakleaf Support", &[SupportedLiving], &[W20]),
    ("Pennyroyal Care", &[HomeCare], &[W24]),
    ("Quillfield Homes", &[Residential], &[W24]),
    ("Rosewood Living", &[SupportedLiving], &[W24]),
    ("Silverdale Days", &[DayCare], &[W24]),
    ("Thornbury Visits", &[HomeCare], &[W24]),
    ("Underwood Care", &[HomeCare], &[BRA]),
    ("Vale View Homes", &[Residential], &[BRA]),
    ("Willow Day Opportunities", &[DayCare], &[BRA]),
    ("Yewtree One to One", &[SupportedLiving], &[BRA]),
    ("Amberley Home Help", &[HomeCare], &[BRA]),
    ("Brook House Nursing", &[Residential], &[STY]),
    ("Coastline Care", &[HomeCare], &[STY]),
    ("Dunes Extra Care", &[ExtraCare], &[STY]),
    ("Estuary Living", &[SupportedLiving], &[STY]),
    ("Fieldfare Care", &[HomeCare], &[MOS]),
    ("Granary Homes", &[Residential], &[MOS]),
    ("Hazel Day Club", &[DayCare], &[MOS]),
    ("Iris Support", &[SupportedLiving], &[MOS]),
    ("Jasmine Visits", &[HomeCare], &[MOS]),
    ("D. Hartley, Shared Lives", &[SharedLives], &[W20]),
    ("P. Osei, Shared Lives", &[SharedLives], &[W20]),
    ("M. Lowther, Shared Lives", &[SharedLives], &[W24]),
    ("S. Begum, Shared Lives", &[SharedLives], &[W24]),
    ("T. Ridley, Shared Lives", &[SharedLives], &[STY]),
    ("J. Armstrong, Shared Lives", &[SharedLives], &[STY]),
];

/// All providers, with the ids of a seed.
#[must_use]
pub(crate) fn all(seed: Seed) -> Vec<Organisation> {
    ROWS.iter()
        .map(|&(name, trades, councils)| Organisation {
            id: OrganisationId::from_uuid(seed.id(&format!("organisation/{name}"))),
            name,
            trades,
            councils,
        })
        .collect()
}

/// Those of a council that deliver a kind of care, in their own order.
pub(crate) fn of_council<'a>(
    organisations: &'a [Organisation],
    slug: &'a str,
    trade: Trade,
) -> impl Iterator<Item = &'a Organisation> + 'a {
    organisations.iter().filter(move |given| given.councils.contains(&slug) && given.trades.contains(&trade))
}
