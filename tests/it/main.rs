//! The integration tests.

mod emission;
