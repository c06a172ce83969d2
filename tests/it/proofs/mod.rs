//! What the proofs find in a tree with one fault planted, in a tree of ours, and in somebody else's folder.

mod addresses;
mod edges;
mod foreign;
mod harmless;
mod own;
mod planted;
mod plants;
mod secrecy;
pub(crate) mod shown;
mod syntax;
mod verdicts;
