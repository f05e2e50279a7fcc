//! The adapter for version 1.0.0 of the interface.

use counterfoil_core::pricing::Description;

super::adapter::adapter!("../wit/1.0.0");

impl wire::Wire for Description {
    type Abi = shapes::Description;

    /// Wordings came with a later version: here they are left out.
    fn to_abi(&self) -> shapes::Description {
        let Self { name, version, covers, settings_schema, unit, look_back_days, wordings: _ } = self;
        shapes::Description {
            name: name.to_abi(),
            version: version.to_abi(),
            covers: covers.to_abi(),
            settings_schema: settings_schema.to_abi(),
            unit: unit.to_abi(),
            look_back_days: look_back_days.to_abi(),
        }
    }

    fn from_abi(abi: shapes::Description) -> Self {
        let shapes::Description { name, version, covers, settings_schema, unit, look_back_days } = abi;
        let unit = wire::Wire::from_abi(unit);
        Self { name, version, covers, settings_schema, unit, look_back_days, wordings: Vec::new() }
    }
}
