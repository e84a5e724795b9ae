//! What the entry answers: for the macro `plugin!`, not for authors.

use std::ffi::CString;
use std::os::raw::c_char;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::Mutex;

use crate::about::{kept_params, own_list, Published};
use crate::enumerate::Cases;
use crate::error::{c_text, panic_text, text_of};
use crate::instance::{publish, Benchmark};
use crate::raw::{self, sized};
use crate::roles;

/// A published descriptor.
#[derive(Clone, Copy)]
pub struct Described(Published);

/// Makes, or finds, the descriptor of a benchmark.
pub fn describe<B: Benchmark>() -> Described {
    Described(publish::<B>())
}

type EnumerateFunction = unsafe extern "C" fn(*const raw::bh_host_t, *const raw::bh_enumerate_t) -> i32;

/// What finds cases outside of the file.
pub struct Outside {
    spawns: bool,
    settings: fn() -> raw::bh_param_list_t,
    enumerate: EnumerateFunction,
}

/// `enumerate` calls that of `C`.
pub fn outside<C: Cases>(enumerate: EnumerateFunction) -> Outside {
    Outside { spawns: C::SPAWNS, settings: || kept_params(C::settings()), enumerate }
}

/// What the macro has made of its lists.
pub struct Parts<'a> {
    pub benchmark: unsafe extern "C" fn(u32) -> *const raw::bh_benchmark_t,
    pub benchmarks: &'a [fn() -> Described],
    /// None or one.
    pub outside: &'a [Outside],
}

struct Made {
    plugin: raw::bh_plugin_t,
    benchmarks: Vec<Described>,
}

/// The plugin's table; empty until the entry has been called.
pub struct Table(AtomicPtr<Made>);

/// Settings of the plugin, as create has only the type of a benchmark. One plugin per library, so there is one.
static SETTINGS: AtomicPtr<raw::bh_param_list_t> = AtomicPtr::new(null_mut());

pub(crate) fn settings_of_plugin() -> &'static [raw::bh_param_t] {
    // Made by kept_params, for ever.
    match unsafe { SETTINGS.load(Ordering::Acquire).as_ref() } {
        Some(list) => unsafe { own_list(list.items, list.count) },
        None => &[],
    }
}

unsafe extern "C" fn extension(id: *const c_char) -> *const std::os::raw::c_void {
    // A text of the host.
    if unsafe { text_of(id) } == raw::BH_EXT_ROLES {
        return (&roles::TABLE as *const raw::bh_plugin_roles_t).cast();
    }
    null()
}

impl Table {
    pub const fn new() -> Self {
        Table(AtomicPtr::new(null_mut()))
    }
    fn benchmarks(&self) -> &[Described] {
        // Published once, for ever.
        unsafe { self.0.load(Ordering::Acquire).as_ref() }.map_or(&[], |made| &made.benchmarks)
    }
    /// Descriptor `index`, NULL from the first that does not exist.
    pub fn at(&self, index: u32) -> *const raw::bh_benchmark_t {
        self.benchmarks().get(index as usize).map_or(null(), |described| described.0.benchmark)
    }
    pub(crate) fn place_of(&self, benchmark: &raw::bh_benchmark_t) -> Option<u32> {
        let place = self.benchmarks().iter().position(|described| std::ptr::eq(described.0.benchmark, benchmark));
        place.map(|place| place as u32)
    }
    /// Panics if the descriptors cannot be made, or do not go together.
    fn publish(&self, parts: &Parts) -> *const raw::bh_plugin_t {
        let mut made = self.0.load(Ordering::Acquire);
        if made.is_null() {
            let benchmarks: Vec<_> = parts.benchmarks.iter().map(|describe| describe()).collect();
            let mut plugin = raw::bh_plugin_t { benchmark: Some(parts.benchmark), ..sized() };
            if let Some(outside) = parts.outside.first() {
                plugin.flags = if outside.spawns { raw::BH_PLUGIN_SPAWNS } else { 0 };
                plugin.settings = (outside.settings)();
                plugin.enumerate = Some(outside.enumerate);
                SETTINGS.store(Box::into_raw(Box::new(plugin.settings)), Ordering::Release);
            } else if let Some(described) =
                benchmarks.iter().find(|described| described.0.benchmark.flags & raw::BH_BENCHMARK_ENUMERATED != 0)
            {
                panic!("all cases of {} come from enumerate, and the plugin has no `cases`", described.0.id());
            }
            if benchmarks.iter().any(|described| !described.0.roles.is_empty()) {
                plugin.extension = Some(extension);
            }
            made = Box::into_raw(Box::new(Made { plugin, benchmarks }));
            self.0.store(made, Ordering::Release);
        }
        // As in `benchmarks`.
        unsafe { &(*made).plugin }
    }
}

impl Default for Table {
    fn default() -> Self {
        Table::new()
    }
}

/// Why the entry refused; the host may read it until the process ends.
static REASONS: Mutex<Vec<CString>> = Mutex::new(Vec::new());

fn kept(reason: &str) -> *const c_char {
    let mut reasons = REASONS.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    reasons.push(c_text(reason));
    // Of the text itself, which stays where it is when the list grows.
    reasons[reasons.len() - 1].as_ptr()
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
    parts: &Parts,
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
    match catch_unwind(AssertUnwindSafe(|| table.publish(parts))) {
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
