//! `trigger-ctl.sh` of every example, with programs in the place of docker and others that write down how they are
//! called (`fake`): `server` sets it up, `commands` is the table of every command, `contract` the exit codes, `stack`
//! the orders and waits, `signals` what interrupts it, `secrets` what must not be seen, `seed` the defects of a script
//! by hand.
#![allow(clippy::disallowed_methods, reason = "these tests run the script")]

mod commands;
mod constants;
mod contract;
mod files;
mod secrets;
mod seed;
pub(crate) mod server;
mod signals;
mod stack;
mod token;
mod update;
mod upkeep;
