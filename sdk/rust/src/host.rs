//! What the host does for a benchmark, from prepare to drop. `benchhost/host.h` has the contract of each function, and says in
//! which calls it may be used: one that is used elsewhere does nothing, and the case becomes a protocol error.

use std::any::TypeId;
use std::cell::{Cell, RefCell};
use std::ffi::{CStr, CString};
use std::io::Write;
use std::os::raw::c_void;
use std::path::PathBuf;
use std::ptr::null;
use std::rc::Rc;

use crate::error::{c_text, text_of, Error, Result};
use crate::raw::{self, sized};

/// The host's table while a cycle lasts. Every handle keeps it, and what comes too late finds it empty.
pub(crate) struct Cycle {
    host: Cell<*const raw::bh_host_t>,
    /// How many blocks of the host's memory, shared or mapped ones included, are not given back.
    blocks: Cell<usize>,
    /// Of what type the items of memory are that this worker shares, by key.
    shares: RefCell<Vec<(CString, TypeId)>>,
}

impl Cycle {
    pub(crate) fn begin(host: *const raw::bh_host_t) -> Rc<Cycle> {
        Rc::new(Cycle { host: Cell::new(host), blocks: Cell::new(0), shares: RefCell::new(Vec::new()) })
    }
    /// What comes after it finds no host. Ends the process if memory of the host is still out: a slice of it may be kept for
    /// ever, by a leaked `Memory`, and the host is about to take the bytes away.
    pub(crate) fn end(&self) {
        if self.blocks.get() > 0 {
            // Whether anybody reads it or not: nothing may panic here.
            let _ = std::io::stderr().write_all(
                b"benchhost: a Memory, Shared or Mapped outlived its benchmark, and the host takes its bytes back\n",
            );
            std::process::abort();
        }
        self.host.set(null());
    }
    pub(crate) fn lasts(&self) -> bool {
        !self.host.get().is_null()
    }
    pub(crate) fn block_taken(&self) {
        self.blocks.set(self.blocks.get() + 1);
    }
    pub(crate) fn block_freed(&self) {
        self.blocks.set(self.blocks.get() - 1);
    }
    /// Whether memory under this key has items of this type, or none yet.
    pub(crate) fn may_share(&self, key: &CStr, item: TypeId) -> bool {
        self.shares.borrow().iter().all(|(known, of)| known.as_c_str() != key || *of == item)
    }
    pub(crate) fn shares(&self, key: CString, item: TypeId) {
        let mut shares = self.shares.borrow_mut();
        if shares.iter().all(|(known, _)| *known != key) {
            shares.push((key, item));
        }
    }
    /// Panics when the cycle is over.
    pub(crate) fn table(&self) -> *const raw::bh_host_t {
        let host = self.host.get();
        assert!(!host.is_null(), "a handle of the host was used after its benchmark had been dropped");
        host
    }
}

/// Calls a function of the host's table. Sound: the table lives as long as the cycle, and the negotiated version has them all.
macro_rules! call {
    ($cycle:expr, $function:ident $(, $argument:expr)*) => {{
        let table = $cycle.table();
        unsafe { ((*table).$function.expect(concat!("the host has no ", stringify!($function))))(table $(, $argument)*) }
    }};
}
pub(crate) use call;

/// What an extension of the host has, NULL for none. The answer lives until destroy returns.
pub(crate) fn extension(cycle: &Cycle, id: &str) -> *const c_void {
    call!(cycle, extension, c_text(id).as_ptr())
}

/// What a status says, with the host's text.
pub(crate) fn checked(cycle: &Cycle, status: i32, what: &str) -> Result<()> {
    if status == raw::BH_OK {
        return Ok(());
    }
    // The answer is valid until the next function of the host.
    let said = call!(cycle, last_error);
    Err(Error::new(status, format!("{what}: {}", unsafe { text_of(said) })))
}

/// A handle that the host says it has made.
pub(crate) fn granted<T>(handle: *mut T, what: &str) -> Result<*mut T> {
    if handle.is_null() {
        return Err(Error::failed(format!("{what}: the host granted nothing")));
    }
    Ok(handle)
}

/// How loud a line of the log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Debug,
    Info,
    /// Is shown with the result.
    Warning,
}

/// The host, for one cycle. Copies share it.
#[derive(Clone)]
pub struct Host {
    pub(crate) cycle: Rc<Cycle>,
}

impl Host {
    /// For what has no safe form here.
    pub fn raw(&self) -> *const raw::bh_host_t {
        self.cycle.table()
    }
    pub fn log(&self, level: Level, text: &str) {
        let level = match level {
            Level::Debug => raw::BH_LOG_DEBUG,
            Level::Info => raw::BH_LOG_INFO,
            Level::Warning => raw::BH_LOG_WARNING,
        };
        call!(self.cycle, log, level, c_text(text).as_ptr())
    }
    /// True from when the host wants the case to end: long loops ask, and return an error of `BH_E_CANCELLED`.
    pub fn cancelled(&self) -> bool {
        call!(self.cycle, cancelled) != 0
    }
    /// A life sign of something slow; `total` 0: unknown.
    pub fn progress(&self, done: u64, total: u64, text: &str) {
        call!(self.cycle, progress, done, total, c_text(text).as_ptr())
    }
    /// The host's monotonic clock in ns.
    pub fn now_ns(&self) -> i64 {
        call!(self.cycle, now_ns)
    }
    pub fn sleep_until(&self, until_ns: i64) -> i64 {
        call!(self.cycle, sleep_until, until_ns)
    }
    /// The work of one iteration, by key: `raw::BH_WORK_*`.
    pub fn work(&self, items: &[(&str, f64)]) -> Result<()> {
        let keys: Vec<_> = items.iter().map(|(key, _)| c_text(key)).collect();
        let raw: Vec<_> =
            keys.iter().zip(items).map(|(key, (_, amount))| raw::bh_work_t { key: key.as_ptr(), amount: *amount }).collect();
        let status = call!(self.cycle, work, raw.as_ptr(), raw.len() as u32);
        checked(&self.cycle, status, "work")
    }
    /// Fills with bytes that depend on the case's seed, the stream and the offset alone. `offset_bytes`: a multiple of 8.
    pub fn random_fill(&self, stream: u64, offset_bytes: u64, data: &mut [u8]) {
        call!(self.cycle, random_fill, stream, offset_bytes, data.as_mut_ptr().cast::<c_void>(), data.len() as u64)
    }
    /// Read-only files that came with the plugin.
    pub fn asset_dir(&self) -> Option<PathBuf> {
        // The table and its texts live as long as the cycle.
        let text = unsafe { text_of((*self.cycle.table()).asset_dir) };
        if text.is_empty() {
            None
        } else {
            Some(PathBuf::from(text))
        }
    }
    /// Empty, private, deleted after the case.
    pub fn scratch_dir(&self) -> PathBuf {
        // As above.
        PathBuf::from(unsafe { text_of((*self.cycle.table()).scratch_dir) })
    }
    /// Stores a file with the result.
    pub fn attach(&self, name: &str, media_type: &str, data: &[u8]) -> Result<()> {
        let (name, media_type) = (c_text(name), c_text(media_type));
        let status = call!(self.cycle, attach, name.as_ptr(), media_type.as_ptr(), data.as_ptr().cast::<c_void>(),
                           data.len() as u64);
        checked(&self.cycle, status, "attach")
    }
}

/// Gives values of a metric of domain Own or None: `Prepare::sample`.
#[derive(Clone)]
pub struct Sample {
    pub(crate) cycle: Rc<Cycle>,
    pub(crate) metric: u32,
}

impl Sample {
    pub fn value(&self, value: f64) -> Result<()> {
        checked(&self.cycle, call!(self.cycle, report, self.metric, value), "report")
    }
    /// Of a rate: what was counted, and how long it took.
    pub fn rate(&self, amount: f64, duration_ns: f64) -> Result<()> {
        checked(&self.cycle, call!(self.cycle, report_rate, self.metric, amount, duration_ns), "report_rate")
    }
    pub fn labelled(&self, label: &str, value: f64) -> Result<()> {
        let status = call!(self.cycle, report_labelled, self.metric, c_text(label).as_ptr(), value);
        checked(&self.cycle, status, "report_labelled")
    }
    /// This case has no honest value of it.
    pub fn withhold(&self, reason: &str) -> Result<()> {
        checked(&self.cycle, call!(self.cycle, withhold, self.metric, c_text(reason).as_ptr()), "withhold")
    }
}

/// How a recorder keeps its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recording {
    /// Every value, up to so many per iteration.
    Raw(u64),
    /// Counts only.
    Histogram,
}

/// Takes values by the million: `Prepare::recorder`, one per thread. A team's members get theirs from `Team::run_recording`.
pub struct Recorder {
    pub(crate) cycle: Rc<Cycle>,
    pub(crate) raw: *mut raw::bh_recorder_t,
    pub(crate) function: unsafe extern "C" fn(*mut raw::bh_recorder_t, i64),
}

impl Recorder {
    pub(crate) fn open(cycle: &Rc<Cycle>, metric: u32, recording: Recording, index: u32) -> Result<Self> {
        let (mode, capacity) = match recording {
            Recording::Raw(capacity) => (raw::BH_RECORD_RAW, capacity),
            Recording::Histogram => (raw::BH_RECORD_HISTOGRAM, 0),
        };
        let request = raw::bh_recorder_request_t { metric, mode, index, capacity, ..sized() };
        let mut raw = std::ptr::null_mut();
        checked(cycle, call!(cycle, recorder_open, &request, &mut raw), "recorder_open")?;
        let raw = granted(raw, "recorder_open")?;
        // The table lives as long as the cycle.
        let function = unsafe { (*cycle.table()).record }.expect("the host has no record");
        Ok(Recorder { cycle: cycle.clone(), raw, function })
    }
    /// A value >= 0, in ns if the metric is a time. No allocation, no lock, no system call.
    #[inline]
    pub fn record(&mut self, value: i64) {
        assert!(self.cycle.lasts(), "a recorder was used after its benchmark had been dropped");
        // The recorder lives until teardown returns, which ends the cycle.
        unsafe { (self.function)(self.raw, value) }
    }
}
