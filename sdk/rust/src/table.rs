//! What the entry answers: for the macro `plugin!`, not for authors.

use std::os::raw::c_char;
use std::panic::catch_unwind;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicPtr, Ordering};

use crate::error::{c_text, panic_text};
use crate::instance::{publish, Benchmark};
use crate::raw::{self, sized};

/// A published descriptor.
#[derive(Clone, Copy)]
pub struct Described(*const raw::bh_benchmark_t);

/// Makes, or finds, the descriptor of a benchmark.
pub fn describe<B: Benchmark>() -> Described {
    Described(publish::<B>())
}

struct Published {
    plugin: raw::bh_plugin_t,
    benchmarks: Vec<Described>,
}

/// The plugin's table; empty until the entry has been called.
pub struct Table(AtomicPtr<Published>);

impl Table {
    pub const fn new() -> Self {
        Table(AtomicPtr::new(null_mut()))
    }
    /// Descriptor `index`, NULL from the first that does not exist.
    pub fn at(&self, index: u32) -> *const raw::bh_benchmark_t {
        // Published once, for ever.
        let published = unsafe { self.0.load(Ordering::Acquire).as_ref() };
        published.and_then(|it| it.benchmarks.get(index as usize)).map_or(null(), |described| described.0)
    }
    fn publish(&self, benchmark: unsafe extern "C" fn(u32) -> *const raw::bh_benchmark_t,
               benchmarks: &[fn() -> Described]) -> *const raw::bh_plugin_t {
        let mut published = self.0.load(Ordering::Acquire);
        if published.is_null() {
            let benchmarks = benchmarks.iter().map(|describe| describe()).collect();
            let plugin = raw::bh_plugin_t { benchmark: Some(benchmark), ..sized() };
            published = Box::into_raw(Box::new(Published { plugin, benchmarks }));
            self.0.store(published, Ordering::Release);
        }
        // As in `at`.
        unsafe { &(*published).plugin }
    }
}

impl Default for Table {
    fn default() -> Self {
        Table::new()
    }
}

fn kept(text: &str) -> *const c_char {
    c_text(text).into_raw()
}

/// The body of the entry: answers the version of these files, or refuses with a reason.
///
/// # Safety
/// As `bh_plugin_entry` of `benchhost/plugin.h`; `note` is the text of the note in the file.
pub unsafe fn enter(
    offer: *const raw::bh_offer_t,
    answer: *mut raw::bh_answer_t,
    note: *const c_char,
    table: &'static Table,
    benchmark: unsafe extern "C" fn(u32) -> *const raw::bh_benchmark_t,
    benchmarks: &[fn() -> Described],
) -> i32 {
    let version = raw::BH_ABI_MAJOR << 16 | raw::BH_ABI_MINOR;
    // The sizes are read first: nothing beyond them exists.
    let sizes = unsafe { (*(offer as *const u32), *(answer as *const u32)) };
    if (sizes.0 as usize) < std::mem::size_of::<raw::bh_offer_t>()
        || (sizes.1 as usize) < std::mem::size_of::<raw::bh_answer_t>()
    {
        return raw::BH_E_ARGUMENT;
    }
    let (offer, answer) = unsafe { (&*offer, &mut *answer) };
    answer.note = note;
    if offer.abi_min > version || offer.abi_max < version {
        answer.reason = kept(if offer.abi_min > version {
            "the plugin speaks ABI 0.1 and the host only newer ones: rebuild it with the host's SDK"
        } else {
            "the plugin speaks ABI 0.1 and the host only older ones: update the host, or rebuild the plugin with an older SDK"
        });
        return raw::BH_E_VERSION;
    }
    match catch_unwind(|| table.publish(benchmark, benchmarks)) {
        Ok(plugin) => {
            answer.abi = version;
            answer.plugin = plugin;
            raw::BH_OK
        }
        Err(payload) => {
            answer.reason = kept(&format!("its descriptors could not be made: {}", panic_text(payload)));
            raw::BH_E_FAILED
        }
    }
}
