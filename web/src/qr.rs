//! The picture of a one-time code's secret, for people who scan it instead of typing it.
//!
//! Stands in the page that sets up a second factor. The picture is part of the page, so that the secret
//! has no address of its own, and has no style, so that the Content Security Policy lets it be.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

/// White modules on each side that scanners need around the code.
const QUIET: usize = 4;

/// What is to be scanned does not fit into a code.
#[derive(Debug, thiserror::Error)]
#[error("{length} bytes do not fit into a QR code")]
pub struct QrError {
    length: usize,
    source: qrcode::types::QrError,
}

/// A QR code of `text` (an `otpauth://` address) as SVG to put into a page, black on white whatever the
/// page's colours. `title` is what screen readers say instead.
///
/// # Errors
/// [`QrError`] where `text` is too long, from about 2,300 bytes.
pub fn svg(text: &str, title: &str) -> Result<String, QrError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)
        .map_err(|source| QrError { length: text.len(), source })?;
    let side = code.width() + 2 * QUIET;
    let title = title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"counterfoil-qr\" role=\"img\" width=\"240\" height=\"240\" \
         viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\"><title>{title}</title>\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path fill=\"#000\" d=\"{}\"/></svg>",
        dark(&code)
    ))
}

/// The dark modules as a path: a rectangle for each run of them in a row.
fn dark(code: &QrCode) -> String {
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(code.width()).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|left, right| left == right) {
            if run[0] == Color::Dark {
                // Writing into a string cannot fail.
                let _ = write!(path, "M{} {}h{}v1h-{}z", x + QUIET, y + QUIET, run.len(), run.len());
            }
            x += run.len();
        }
    }
    path
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const ADDRESS: &str = "otpauth://totp/Counterfoil:amina.khan%40brightwater.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Counterfoil";

    /// The modules that the picture paints dark, read back from its path.
    fn painted(svg: &str) -> (usize, Vec<(usize, usize)>) {
        let (_, view_box) = svg.split_once("viewBox=\"0 0 ").unwrap();
        let side = view_box.split_once(' ').unwrap().0.parse().unwrap();
        let (_, path) = svg.split_once("fill=\"#000\" d=\"M").unwrap();
        let path = path.split_once("z\"").unwrap().0;
        let mut modules = Vec::new();
        for run in path.split("zM") {
            let (x, rest) = run.split_once(' ').unwrap();
            let (y, rest) = rest.split_once('h').unwrap();
            let (width, back) = rest.split_once("v1h-").unwrap();
            assert_eq!(width, back, "not a rectangle");
            let (x, y, width): (usize, usize, usize) = (x.parse().unwrap(), y.parse().unwrap(), width.parse().unwrap());
            modules.extend((x..x + width).map(|x| (x, y)));
        }
        (side, modules)
    }

    #[test]
    fn the_picture_shows_the_code_with_its_quiet_zone() {
        let code = QrCode::with_error_correction_level(ADDRESS, EcLevel::M).unwrap();
        let (side, painted) = painted(&svg(ADDRESS, "QR code").unwrap());
        assert_eq!(side, code.width() + 8);
        let expected: Vec<_> = (0..side)
            .flat_map(|y| (0..side).map(move |x| (x, y)))
            .filter(|&(x, y)| {
                let inside = |at: usize| at.checked_sub(QUIET).filter(|at| *at < code.width());
                matches!((inside(x), inside(y)), (Some(x), Some(y)) if code[(x, y)] == Color::Dark)
            })
            .collect();
        assert_eq!(painted, expected);
        // The three squares by which a scanner finds the code.
        for corner in [(QUIET, QUIET), (side - QUIET - 1, QUIET), (QUIET, side - QUIET - 1)] {
            assert!(painted.contains(&corner), "no corner at {corner:?}");
        }
    }

    #[test]
    fn the_policy_lets_the_picture_be_and_screen_readers_name_it() {
        let svg = svg(ADDRESS, "QR code for <Counterfoil> & you").unwrap();
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"), "{svg}");
        assert!(!svg.contains("style") && !svg.contains("<?xml") && !svg.contains("<script"), "{svg}");
        assert!(svg.contains("role=\"img\"") && svg.contains("shape-rendering=\"crispEdges\""), "{svg}");
        assert!(svg.contains("<title>QR code for &lt;Counterfoil&gt; &amp; you</title>"), "{svg}");
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let error = svg(&"x".repeat(3000), "QR code").unwrap_err();
        assert_eq!(error.to_string(), "3000 bytes do not fit into a QR code");
    }
}
