//! The methods of Python's own types that GOV.UK's templates call, and no others.

use minijinja::value::{Kwargs, Value, ValueKind, from_args};
use minijinja::{Error, ErrorKind, State};

/// `mapping.items()`, `mapping.get(key[, default])` and `'{} {}'.format(...)`.
pub(super) fn method(state: &mut State<'_, '_>, value: &Value, method: &str, args: &[Value]) -> Result<Value, Error> {
    match (value.kind(), method) {
        (ValueKind::Map, "items") => {
            let () = from_args(args)?;
            state.apply_filter("items", std::slice::from_ref(value))
        }
        (ValueKind::Map, "get") => {
            let (key, default): (&Value, Option<&Value>) = from_args(args)?;
            let found = value.get_item(key)?;
            Ok(if found.is_undefined() { default.cloned().unwrap_or_default() } else { found })
        }
        (ValueKind::String, "format") => format(value.as_str().unwrap_or_default(), args),
        _ => Err(Error::from(ErrorKind::UnknownMethod)),
    }
}

/// Python's `str.format` as far as these templates use it: each `{}` is the next argument.
fn format(pattern: &str, args: &[Value]) -> Result<Value, Error> {
    let (args, named): (&[Value], Kwargs) = from_args(args)?;
    named.assert_all_used()?;
    let mut args = args.iter();
    let mut pieces = pattern.split("{}");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let arg = args.next().ok_or_else(|| Error::from(ErrorKind::MissingArgument))?;
        text.push_str(&arg.to_string());
        text.push_str(piece);
    }
    Ok(Value::from(text))
}
