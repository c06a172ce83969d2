#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| trigger_gen_fuzz::sops(bytes));
