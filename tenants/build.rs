//! The migrations are embedded by a macro, which does not tell cargo that they were read.

fn main() {
    println!("cargo:rerun-if-changed=../migrations");
}
