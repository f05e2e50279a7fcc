//! Codes of a generator, as RFC 6238 and the RFCs beneath it say: written here once more, so that a mistake of the
//! service is not made by its tests as well.

/// A generator of six digits each thirty seconds, which has read a key from a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestGenerator {
    secret: Vec<u8>,
}

impl TestGenerator {
    /// From a key as a page shows it: Base32 (RFC 4648) in groups.
    ///
    /// # Panics
    /// For what is not Base32.
    #[must_use]
    pub fn of_key(key: &str) -> Self {
        let (mut secret, mut bits, mut held) = (Vec::new(), 0_u32, 0_u32);
        for letter in key.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=') {
            let value = match letter.to_ascii_uppercase() {
                letter @ b'A'..=b'Z' => letter - b'A',
                digit @ b'2'..=b'7' => digit - b'2' + 26,
                other => panic!("{other} is no letter of Base32"),
            };
            held = (held << 5) | u32::from(value);
            bits += 5;
            if bits >= 8 {
                bits -= 8;
                secret.push(u8::try_from((held >> bits) & 0xff).unwrap());
            }
        }
        Self { secret }
    }

    /// The code of an instant, in seconds since 1970.
    #[must_use]
    pub fn code(&self, at: i64) -> String {
        let step = u64::try_from(at).unwrap() / 30;
        let digest = hmac_sha1(&self.secret, &step.to_be_bytes());
        let offset = usize::from(digest[19] & 0xf);
        let four: [u8; 4] = digest[offset..offset + 4].try_into().unwrap();
        format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
    }
}

/// RFC 2104, for keys of up to a block.
fn hmac_sha1(key: &[u8], message: &[u8]) -> [u8; 20] {
    let block = |pad: u8| {
        let mut block = [pad; 64];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        block.to_vec()
    };
    let inner = sha1(&[block(0x36), message.to_vec()].concat());
    sha1(&[block(0x5c), inner.to_vec()].concat())
}

/// RFC 3174.
fn sha1(message: &[u8]) -> [u8; 20] {
    let mut padded = message.to_vec();
    padded.push(0x80);
    padded.resize(padded.len().next_multiple_of(64), 0);
    if padded.len() - message.len() < 9 {
        padded.resize(padded.len() + 64, 0);
    }
    let length = padded.len();
    padded[length - 8..].copy_from_slice(&(message.len() as u64 * 8).to_be_bytes());

    let mut state: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
    for block in padded.chunks_exact(64) {
        let mut words: Vec<u32> =
            block.chunks_exact(4).map(|four| u32::from_be_bytes(four.try_into().unwrap())).collect();
        for t in 16..80 {
            words.push((words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16]).rotate_left(1));
        }
        let [mut a, mut b, mut c, mut d, mut e] = state;
        for (t, word) in words.into_iter().enumerate() {
            let (f, k) = match t {
                0..20 => ((b & c) | (!b & d), 0x5a82_7999),
                20..40 => (b ^ c ^ d, 0x6ed9_eba1),
                40..60 => ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc),
                _ => (b ^ c ^ d, 0xca62_c1d6_u32),
            };
            let next = a.rotate_left(5).wrapping_add(f).wrapping_add(e).wrapping_add(word).wrapping_add(k);
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, next);
        }
        for (sum, part) in state.iter_mut().zip([a, b, c, d, e]) {
            *sum = sum.wrapping_add(part);
        }
    }
    let mut digest = [0; 20];
    for (four, word) in digest.chunks_exact_mut(4).zip(state) {
        four.copy_from_slice(&word.to_be_bytes());
    }
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_and_codes_are_those_of_the_rfcs() {
        // RFC 3174, test 2: two blocks, since the length does not fit behind the message
        let digest = sha1(b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq");
        assert_eq!(u32::from_be_bytes(digest[..4].try_into().unwrap()), 0x8498_3e44);
        // RFC 6238, appendix B; its key is that of RFC 4226 in Base32
        let generator = TestGenerator::of_key("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        for (at, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            assert_eq!(generator.code(at), code);
        }
    }
}
