//! A browser with an authenticator in software: ES256, no attestation, told by each test how to misbehave.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const KEY_INCLUDED: u8 = 0x40;

/// One device with at most one passkey in it.
#[derive(Clone)]
pub(crate) struct Authenticator {
    key: SigningKey,
    credential_id: Vec<u8>,
    user_handle: Vec<u8>,
    /// Where the browser believes it is.
    pub(crate) origin: String,
    /// What the next answer's counter will be; 0 stays 0, as in synchronised passkeys.
    pub(crate) counter: u32,
    /// Whether the person touches the device and gives the PIN, or only touches it.
    pub(crate) verifies: bool,
    /// Whether the answer to a second factor names the person too, which devices may leave out.
    pub(crate) names_person: bool,
}

impl Authenticator {
    /// A device whose key and credential id follow from `seed`, at the service's own address.
    pub(crate) fn new(seed: u8) -> Self {
        Self {
            key: SigningKey::from_slice(&[seed; 32]).unwrap(),
            credential_id: vec![seed; 32],
            user_handle: Vec::new(),
            origin: "https://counterfoil.example".to_owned(),
            counter: 1,
            verifies: true,
            names_person: true,
        }
    }

    /// Answers `navigator.credentials.create()`.
    pub(crate) fn create(&mut self, question: &Value) -> Value {
        let options = &question["publicKey"];
        self.user_handle = bytes(&options["user"]["id"]);
        let mut data = self.data(options["rp"]["id"].as_str().unwrap(), KEY_INCLUDED);
        data.extend([0; 16]); // the kind of device: not told
        data.extend(u16::try_from(self.credential_id.len()).unwrap().to_be_bytes());
        data.extend(&self.credential_id);
        data.extend(self.public_key());
        let mut attestation = vec![0xa3];
        attestation.extend(text("fmt"));
        attestation.extend(text("none"));
        attestation.extend(text("attStmt"));
        attestation.push(0xa0);
        attestation.extend(text("authData"));
        attestation.extend(byte_string(&data));
        let client_data = self.client_data("webauthn.create", &options["challenge"]);
        json!({
            "id": base64url(&self.credential_id),
            "rawId": base64url(&self.credential_id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": { "credProps": { "rk": true } },
            "response": {
                "attestationObject": base64url(&attestation),
                "clientDataJSON": base64url(client_data.as_bytes()),
                "transports": ["internal"],
            },
        })
    }

    /// Answers `navigator.credentials.get()`.
    pub(crate) fn get(&mut self, question: &Value) -> Value {
        let options = &question["publicKey"];
        let data = self.data(options["rpId"].as_str().unwrap(), 0);
        let client_data = self.client_data("webauthn.get", &options["challenge"]);
        let mut signed = data.clone();
        signed.extend(Sha256::digest(client_data.as_bytes()));
        let signature: Signature = self.key.sign(&signed);
        let mut response = json!({
            "authenticatorData": base64url(&data),
            "clientDataJSON": base64url(client_data.as_bytes()),
            "signature": base64url(signature.to_der().as_bytes()),
        });
        if self.names_person {
            response["userHandle"] = json!(base64url(&self.user_handle));
        }
        json!({
            "id": base64url(&self.credential_id),
            "rawId": base64url(&self.credential_id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": response,
        })
    }

    /// The same device, in a browser that is elsewhere.
    pub(crate) fn at(&self, origin: &str) -> Self {
        Self { origin: origin.to_owned(), ..self.clone() }
    }

    /// The same device, claiming to keep a passkey of another person.
    pub(crate) fn claiming(&self, person: uuid::Uuid) -> Self {
        Self { user_handle: person.as_bytes().to_vec(), ..self.clone() }
    }

    /// The same device, claiming that its key is another's.
    pub(crate) fn posing_as(&self, other: &Self) -> Self {
        Self { credential_id: other.credential_id.clone(), user_handle: other.user_handle.clone(), ..self.clone() }
    }

    fn data(&mut self, relying_party: &str, flags: u8) -> Vec<u8> {
        let verified = if self.verifies { USER_VERIFIED } else { 0 };
        let mut data = Sha256::digest(relying_party.as_bytes()).to_vec();
        data.push(USER_PRESENT | verified | flags);
        data.extend(self.counter.to_be_bytes());
        if self.counter > 0 {
            self.counter += 1;
        }
        data
    }

    fn client_data(&self, kind: &str, challenge: &Value) -> String {
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false }).to_string()
    }

    /// COSE: an elliptic curve key (1: 2) for ES256 (3: -7) on P-256 (-1: 1), with x (-2) and y (-3).
    fn public_key(&self) -> Vec<u8> {
        let point = self.key.verifying_key().to_sec1_point(false);
        let mut key = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21];
        key.extend(byte_string(point.x().unwrap()));
        key.push(0x22);
        key.extend(byte_string(point.y().unwrap()));
        key
    }
}

/// CBOR's text of fewer than 24 bytes.
fn text(text: &str) -> Vec<u8> {
    assert!(text.len() < 24);
    let mut bytes = vec![0x60 + u8::try_from(text.len()).unwrap()];
    bytes.extend(text.bytes());
    bytes
}

/// CBOR's bytes of fewer than 256.
fn byte_string(content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x58, u8::try_from(content.len()).unwrap()];
    bytes.extend(content);
    bytes
}

fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn bytes(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap()
}
