//! The adapter for the draft of version 1.1.0 of the interface: a rule may say its reason codes in words of its own.

use counterfoil_core::pricing::{Description, Wording};

super::adapter::adapter!("../wit/1.1.0-draft");

impl wire::Wire for Wording {
    type Abi = shapes::Wording;

    fn to_abi(&self) -> shapes::Wording {
        let Self { code, language, sentence } = self.clone();
        shapes::Wording { code, language, sentence }
    }

    fn from_abi(abi: shapes::Wording) -> Self {
        let shapes::Wording { code, language, sentence } = abi;
        Self { code, language, sentence }
    }
}

impl wire::Wire for Description {
    type Abi = shapes::Description;

    fn to_abi(&self) -> shapes::Description {
        let Self { name, version, covers, settings_schema, unit, look_back_days, wordings } = self;
        shapes::Description {
            name: name.to_abi(),
            version: version.to_abi(),
            covers: covers.to_abi(),
            settings_schema: settings_schema.to_abi(),
            unit: unit.to_abi(),
            look_back_days: look_back_days.to_abi(),
            wordings: wordings.to_abi(),
        }
    }

    fn from_abi(abi: shapes::Description) -> Self {
        let shapes::Description { name, version, covers, settings_schema, unit, look_back_days, wordings } = abi;
        let (unit, wordings) = (wire::Wire::from_abi(unit), wire::Wire::from_abi(wordings));
        Self { name, version, covers, settings_schema, unit, look_back_days, wordings }
    }
}
