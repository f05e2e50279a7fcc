//! Reasons: a code with arguments. The words stand in a message table, so that a council can change them.

use crate::types::{Arg, Reason};

/// A reason without arguments.
#[must_use]
pub fn plain(code: &str) -> Reason {
    Reason { code: code.to_owned(), args: Vec::new() }
}

/// A reason with arguments, in the order in which its message takes them.
#[must_use]
pub fn with<const N: usize>(code: &str, args: [Arg; N]) -> Reason {
    Reason { code: code.to_owned(), args: args.into() }
}

/// A code as an argument, made to fit what an argument may hold: 1 to 60 lower-case letters, digits, hyphens.
#[must_use]
pub fn code(given: &str) -> Arg {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if !given.is_empty() && given.len() <= 60 && given.bytes().all(fits) {
        return Arg::Code(given.to_owned());
    }
    let mended: String = given
        .chars()
        .map(|c| c.to_ascii_lowercase())
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(60)
        .collect();
    Arg::Code(if mended.is_empty() { "none".to_owned() } else { mended })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_made_to_fit() {
        assert_eq!(code("Not In"), Arg::Code("not-in".to_owned()));
        assert_eq!(code(""), Arg::Code("none".to_owned()));
        assert_eq!(code("hospital"), Arg::Code("hospital".to_owned()));
    }
}
