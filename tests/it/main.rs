//! The integration tests, one binary: what each module asks stands in its first line.

mod bless;
mod cases;
mod cli;
mod consumers;
mod docs;
mod emission;
mod formats;
mod golden;
mod injection;
mod lints;
mod matrix;
mod proofs;
mod schema;
mod sizing;
mod store;
mod support;
mod tables;
mod tidy;
