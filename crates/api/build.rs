//! The web app is embedded: another build of it means another build of this crate.

fn main() {
    println!("cargo::rerun-if-changed=../../web/dist");
}
