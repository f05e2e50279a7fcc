//! What is wrong with a form, in the order in which its page asks.

use std::borrow::Cow;

/// A list of fields with what is wrong with each. A field may be there once: its first error is the one to
/// mend first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Errors {
    errors: Vec<FieldError>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct FieldError {
    field: Cow<'static, str>,
    message: Cow<'static, str>,
}

impl Errors {
    /// Nothing wrong.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// One error.
    pub(crate) fn of(field: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) -> Self {
        let mut errors = Self::new();
        errors.add(field, message);
        errors
    }

    /// Adds what is wrong with a field, unless something is known already.
    pub(crate) fn add(&mut self, field: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) {
        let field = field.into();
        if self.message(&field).is_none() {
            self.errors.push(FieldError { field, message: message.into() });
        }
    }

    /// Adds it unless the field is as it should be.
    pub(crate) fn unless(&mut self, good: bool, field: &'static str, message: impl Into<Cow<'static, str>>) {
        if !good {
            self.add(field, message);
        }
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// What is wrong with a field.
    pub(crate) fn message(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|error| error.field == field).map(|error| error.message.as_ref())
    }

    /// Fields and messages, in their order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.errors.iter().map(|error| (error.field.as_ref(), error.message.as_ref()))
    }

    /// The value, if nothing is wrong.
    ///
    /// # Errors
    /// What is wrong.
    pub(crate) fn or<T>(self, value: T) -> Result<T, Self> {
        if self.is_empty() { Ok(value) } else { Err(self) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_has_its_first_error_only_and_the_order_is_the_pages() {
        let mut errors = Errors::new();
        errors.add("email", "Enter your email address");
        errors.unless(false, "password", "Enter your password");
        errors.unless(true, "name", "Enter a name");
        errors.add("email", "Enter an email address in the correct format");
        let all: Vec<_> = errors.iter().collect();
        assert_eq!(all, [("email", "Enter your email address"), ("password", "Enter your password")]);
        assert_eq!(errors.clone().or(()), Err(errors));
        assert_eq!(Errors::new().or(3), Ok(3));
    }
}
