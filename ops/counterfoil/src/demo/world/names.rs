//! Synthetic names. Both lists are long enough that a council's service users are not all namesakes.

use crate::demo::seed::Random;

const FIRST: [&str; 48] = [
    "Ada", "Agnes", "Albert", "Alice", "Amina", "Arthur", "Bashir", "Beryl", "Brenda", "Cecil", "Clara", "Cyril",
    "Daphne", "Derek", "Doris", "Edith", "Edwin", "Elsie", "Ernest", "Farah", "Florence", "Frank", "Gita", "Gladys",
    "Harold", "Hilda", "Imran", "Iris", "Ivy", "Jean", "Joan", "Kamal", "Leonard", "Lilian", "Mabel", "Marjorie",
    "Maurice", "Muriel", "Nadia", "Norman", "Olive", "Percy", "Ravi", "Ronald", "Stanley", "Vera", "Walter",
    "Winifred",
];

const LAST: [&str; 56] = [
    "Abbott",
    "Acton",
    "Ainsley",
    "Alder",
    "Barlow",
    "Bashford",
    "Beckett",
    "Birch",
    "Blakey",
    "Bramley",
    "Calder",
    "Chaudhry",
    "Clough",
    "Coldwell",
    "Crane",
    "Dacre",
    "Dunmore",
    "Eastwood",
    "Ellery",
    "Fairley",
    "Fenwick",
    "Garside",
    "Gill",
    "Goodall",
    "Hadley",
    "Hallam",
    "Haworth",
    "Hepworth",
    "Iqbal",
    "Jowett",
    "Kaur",
    "Kendal",
    "Lister",
    "Lockwood",
    "Mahmood",
    "Marsden",
    "Midgley",
    "Naylor",
    "Oakes",
    "Ormond",
    "Patel",
    "Pickles",
    "Quarmby",
    "Ramsden",
    "Rawson",
    "Sharma",
    "Shaw",
    "Sugden",
    "Tempest",
    "Thackray",
    "Udall",
    "Varley",
    "Wainwright",
    "Whitaker",
    "Wilmot",
    "Yeadon",
];

/// A first and a last name.
pub(crate) fn person(random: &mut Random) -> String {
    format!("{} {}", random.pick(&FIRST), random.pick(&LAST))
}

/// Letters and digits of a name for an e-mail address: `ada.abbott`.
#[must_use]
pub(crate) fn address(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    let kept: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    kept.join(".").to_ascii_lowercase()
}
