//! What every page's layout needs beside the page itself: whose page it is, for which council, where it leads,
//! and how long the session lasts.
//!
//! A handler's extractors put it together; `templates` gives it to `layout.html` as `shell`. Pages of people
//! who are not signed in, and pages of faults, have a bare one.

mod colour;
mod contacts;

use serde::Serialize;

pub(crate) use colour::Colour;
pub(crate) use contacts::Contacts;

use crate::security::Nonce;

/// The frame around a page.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Shell {
    /// What the page's own scripts and styles carry.
    nonce: String,
    /// The page's address without its query: where a form's draft belongs to.
    path: String,
    /// For the page's own forms.
    csrf: String,
    /// For what every page can do to the account: signing out, staying signed in.
    account_csrf: String,
    person: Option<String>,
    council: Option<Brand>,
    organisation: Option<String>,
    navigation: Vec<NavigationItem>,
    times: Option<SessionTimes>,
    banner: Option<Banner>,
    addresses: Addresses,
    events: bool,
}

/// How a page names the council that it is about.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Brand {
    name: String,
    slug: String,
    colour: Colour,
    /// The colour of words on `colour`.
    words: Colour,
    logo_url: Option<String>,
}

/// One place that the navigation leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct NavigationItem {
    text: String,
    href: String,
    current: bool,
}

/// How long the session lasts, counted from this response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct SessionTimes {
    /// Seconds until it ends if the person does nothing.
    idle_seconds: u64,
    /// Seconds until it ends whatever the person does.
    absolute_seconds: u64,
}

/// What a page says on top about what was just done, or what the person has to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Banner {
    kind: BannerKind,
    heading: String,
    text: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BannerKind {
    /// Done as asked.
    Success,
    /// To be known.
    Info,
}

/// Where the footer leads: a council's own pages, once it is known whose they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Addresses {
    pub(crate) help: String,
    pub(crate) contact: String,
    pub(crate) accessibility: String,
}

impl Default for Addresses {
    fn default() -> Self {
        Self { help: "/help".to_owned(), contact: "/contact".to_owned(), accessibility: "/accessibility".to_owned() }
    }
}

impl Shell {
    /// A bare one, for a person of whom nothing is known.
    pub(crate) fn new(nonce: &Nonce, path: impl Into<String>) -> Self {
        Self {
            nonce: nonce.as_str().to_owned(),
            path: path.into(),
            csrf: String::new(),
            account_csrf: String::new(),
            person: None,
            council: None,
            organisation: None,
            navigation: Vec::new(),
            times: None,
            banner: None,
            addresses: Addresses::default(),
            events: false,
        }
    }

    /// The token that every form of the page sends back.
    pub(crate) fn csrf(self, token: impl Into<String>) -> Self {
        Self { csrf: token.into(), ..self }
    }

    /// The token for `/sign-out` and `/session/stay`, where the page's own is good for its council only.
    pub(crate) fn account_csrf(self, token: impl Into<String>) -> Self {
        Self { account_csrf: token.into(), ..self }
    }

    /// Who is signed in: the page then has the links to the account and the button that signs out.
    pub(crate) fn person(self, name: impl Into<String>) -> Self {
        Self { person: Some(name.into()), ..self }
    }

    pub(crate) fn council(self, brand: Brand) -> Self {
        Self { council: Some(brand), ..self }
    }

    /// For whom the person acts.
    pub(crate) fn organisation(self, name: impl Into<String>) -> Self {
        Self { organisation: Some(name.into()), ..self }
    }

    pub(crate) fn navigation(self, items: impl IntoIterator<Item = NavigationItem>) -> Self {
        Self { navigation: items.into_iter().collect(), ..self }
    }

    /// Turns on the warning before the session ends.
    pub(crate) fn times(self, times: SessionTimes) -> Self {
        Self { times: Some(times), ..self }
    }

    pub(crate) fn banner(self, banner: Banner) -> Self {
        Self { banner: Some(banner), ..self }
    }

    pub(crate) fn addresses(self, addresses: Addresses) -> Self {
        Self { addresses, ..self }
    }

    /// The page listens to `/events`, and leaves at once when its person is signed out.
    pub(crate) fn listening(self) -> Self {
        Self { events: true, ..self }
    }
}

impl Brand {
    /// `colour` is the council's, as `#rrggbb`; anything else gives the default. The logo has to be served by
    /// us, since the pages' policy lets no other pictures in.
    pub(crate) fn new(
        name: impl Into<String>,
        slug: impl Into<String>,
        colour: &str,
        logo_url: Option<String>,
    ) -> Self {
        let colour = Colour::parse(colour).unwrap_or(Colour::DEFAULT);
        Self { name: name.into(), slug: slug.into(), colour, words: colour.words_on_it(), logo_url }
    }
}

impl NavigationItem {
    /// `current` marks the place where the page is.
    pub(crate) fn new(text: impl Into<String>, href: impl Into<String>, current: bool) -> Self {
        Self { text: text.into(), href: href.into(), current }
    }
}

impl SessionTimes {
    /// Seconds left when nothing is done, and in any case.
    pub(crate) fn new(idle_seconds: u64, absolute_seconds: u64) -> Self {
        Self { idle_seconds, absolute_seconds }
    }

    /// As `layout.html` writes them.
    pub(crate) fn written(self) -> String {
        format!("data-idle-seconds=\"{}\" data-absolute-seconds=\"{}\"", self.idle_seconds, self.absolute_seconds)
    }
}

impl Banner {
    /// Says that what was asked is done.
    pub(crate) fn success(heading: impl Into<String>) -> Self {
        Self { kind: BannerKind::Success, heading: heading.into(), text: None }
    }

    /// Says what the person has to know.
    pub(crate) fn info(heading: impl Into<String>) -> Self {
        Self { kind: BannerKind::Info, heading: heading.into(), text: None }
    }

    /// Adds a sentence below the heading.
    pub(crate) fn text(self, text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_that_is_none_cannot_reach_the_style_sheet() {
        let brand = Brand::new("Norfolk", "norfolk", "red}body{display:none", None);
        let shown = serde_json::to_value(brand).unwrap();
        assert_eq!((shown["colour"].as_str(), shown["words"].as_str()), (Some("#1d70b8"), Some("#ffffff")));
    }
}
