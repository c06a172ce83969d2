//! Somebody else's folder.
