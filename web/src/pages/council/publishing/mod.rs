//! What a council's administrators write for all of its providers: `notices`, from a day to a day, and `guidance` for each
//! kind of service; and the `teams` that providers' questions go to.

pub(crate) mod guidance;
pub(crate) mod notices;
pub(crate) mod teams;
