//! Files on two threads: each stands for itself, and writing and reading them is the longest step of a build.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What a function makes of each item, in the order of the items. A panic is that of the whole.
pub(super) fn map<T: Sync, R: Send>(items: &[T], of: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let take = || {
        let nth = next.fetch_add(1, Ordering::Relaxed);
        items.get(nth).map(|item| (nth, of(item)))
    };
    let work = || std::iter::from_fn(take).collect::<Vec<_>>();
    let mut made = match items.len() {
        0 | 1 => work(),
        _ => thread::scope(|scope| {
            // A system that gives no second thread gets the files from one.
            let other = thread::Builder::new().spawn_scoped(scope, work).ok();
            let mut made = work();
            if let Some(other) = other {
                made.extend(other.join().unwrap_or_else(|bug| resume_unwind(bug)));
            }
            made
        }),
    };
    made.sort_by_key(|(nth, _)| *nth);
    made.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::map;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        for count in [0, 1, 2, 1000] {
            let items: Vec<usize> = (0..count).collect();
            let doubled: Vec<usize> = items.iter().map(|it| it * 2).collect();
            assert_eq!(map(&items, |it| it * 2), doubled);
        }
    }

    #[test]
    fn a_panic_of_either_thread_is_that_of_the_caller() {
        let items: Vec<usize> = (0..100).collect();
        for bad in [0, 1, 99] {
            let run = || map(&items, |it| assert!(*it != bad, "bug at {it}"));
            let bug = std::panic::catch_unwind(run).expect_err("it panics");
            assert_eq!(bug.downcast_ref::<String>(), Some(&format!("bug at {bad}")));
        }
    }
}
