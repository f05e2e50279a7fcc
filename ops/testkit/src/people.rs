//! People who can sign in: invited, with a password and a generator, each by the way that the service has for it.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use counterfoil_core::ids::PersonId;
use counterfoil_tenants::identity::letter::LetterKind;
use counterfoil_tenants::identity::link::Token;
use counterfoil_tenants::identity::sign_in::{Factor, FirstFactor, Refusal};
use counterfoil_tenants::identity::{Asked, Identity};
use counterfoil_tenants::scope::Origin;
use counterfoil_tenants::vault::MasterKey;

use crate::TestDatabase;
use crate::one_time::TestGenerator;

/// The password that people have before they choose another one.
pub const PASSWORD: &str = "Correct tugboat 47";

/// Somebody who signs in.
#[derive(Debug, Clone)]
pub struct TestPerson {
    /// Their id.
    pub id: PersonId,
    /// Their address, in small letters.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Their password.
    pub password: String,
    /// Their generator.
    pub generator: TestGenerator,
    /// Their recovery codes.
    pub recovery_codes: Vec<String>,
}

/// The key that generators' secrets are kept under in tests.
#[must_use]
pub fn master_key() -> MasterKey {
    MasterKey::new([7; 32])
}

/// A request by nobody in particular, from an address on the net.
///
/// # Panics
/// For what is no address.
#[must_use]
pub fn asked(at: DateTime<Utc>, address: &str) -> Asked {
    let address: IpAddr = address.parse().unwrap();
    Asked { by: None, at, origin: Origin::new("test", address) }
}

impl TestPerson {
    /// Takes somebody on who chooses [`PASSWORD`] and sets a generator up, all at one instant and from an address of
    /// their own. They have not signed in yet.
    ///
    /// # Panics
    /// Where the service refuses.
    pub async fn new(db: &TestDatabase, name: &str, at: DateTime<Utc>) -> Self {
        let (id, email) = Self::invited(db, name, at).await;
        let identity = db.identity();
        let asked = asked(at, "198.51.100.1");
        let token = db.link_for(&email, LetterKind::Invitation, at).await;
        identity.choose_password(&asked, &token, PASSWORD).await.unwrap().unwrap();
        let mut made = Self {
            id,
            email,
            name: name.to_owned(),
            password: PASSWORD.to_owned(),
            generator: TestGenerator::of_key(""),
            recovery_codes: Vec::new(),
        };
        made.recovery_codes = made.sets_generator_up(&identity, at).await;
        db.post(at).await;
        made
    }

    /// Takes somebody on and asks for a letter with which they choose their first password.
    ///
    /// # Panics
    /// Where the service refuses.
    pub async fn invited(db: &TestDatabase, name: &str, at: DateTime<Utc>) -> (PersonId, String) {
        let identity = db.identity();
        let id = PersonId::from_uuid(db.id());
        let email = format!("{}@care.example", name.to_lowercase().replace(' ', "."));
        identity.add_person(id, &email, name, at).await.unwrap();
        identity.send_password_link(&asked(at, "198.51.100.1"), &email).await.unwrap();
        (id, email)
    }

    /// Sets a generator up in the place of the one before; gives the recovery codes that the page shows.
    ///
    /// # Panics
    /// Where the service refuses.
    pub async fn sets_generator_up(&mut self, identity: &Identity, at: DateTime<Utc>) -> Vec<String> {
        let key = master_key();
        let setup = identity.code_setup(&key, self.id, &self.email, at).await.unwrap();
        self.generator = TestGenerator::of_key(&setup.key);
        let enrolled = identity.enrol_generator(&key, &asked(at, "198.51.100.1"), self.id, &self.code(at)).await;
        enrolled.unwrap().expect("the first code is right")
    }

    /// What their generator shows at an instant.
    #[must_use]
    pub fn code(&self, at: DateTime<Utc>) -> String {
        self.generator.code(at.timestamp())
    }

    /// Types their address and password.
    ///
    /// # Panics
    /// Where the database fails.
    pub async fn password(
        &self,
        identity: &Identity,
        asked: &Asked,
        browser: Option<&Token>,
    ) -> Result<FirstFactor, Refusal> {
        identity.first_factor(asked, &self.email, &self.password, browser).await.unwrap()
    }

    /// Types what their generator shows.
    ///
    /// # Panics
    /// Where the database fails.
    pub async fn second(&self, identity: &Identity, asked: &Asked, browser: Option<&Token>) -> Result<(), Refusal> {
        let code = self.code(asked.at);
        identity.second_factor(&master_key(), asked, self.id, Factor::Code(&code), browser).await.unwrap()
    }

    /// Signs in with password and code, which makes the browser known.
    ///
    /// # Panics
    /// Where the service refuses.
    pub async fn signs_in(&self, identity: &Identity, asked: &Asked, browser: Option<&Token>) {
        self.password(identity, asked, browser).await.expect("the password is right");
        self.second(identity, asked, browser).await.expect("the code is right");
        identity.signed_in(asked, self.id, "code", browser).await.unwrap();
    }
}
