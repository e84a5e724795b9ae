//! The devices of a benchmark: `benchhost/device.h` has the contract of each function, and says in which calls it may
//! be used.
//!
//! A `Device` makes buffers, programs, queues and events; each keeps what it stands on, so the order in which they are
//! dropped does not matter, and one that is dropped waits first for what still uses it; where that wait is cancelled
//! the host takes it back after the cycle. All of them are of one cycle and for the control thread. One that was hidden away longer panics when it is used, and does nothing when it is
//! dropped: the host has taken it back.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::buffer::{Buffer, BufferRequest};
use crate::error::{c_text, text_of, whole, Error, Result};
use crate::host::{extension, Cycle};
use crate::program::{Parameter, Program, Source};
use crate::queue::{Event, Queue};
use crate::raw::{self, sized};

/// What a queue has that has not been waited for.
pub(crate) struct QueueState {
    pub(crate) raw: *mut raw::bh_queue_t,
    pub(crate) pending: Cell<bool>,
}

/// A device of one cycle: what every object on it keeps.
pub(crate) struct DeviceCore {
    pub(crate) cycle: Rc<Cycle>,
    api: *const raw::bh_device_api_t,
    pub(crate) raw: *const raw::bh_device_t,
    /// The main queue first.
    queues: RefCell<Vec<Rc<QueueState>>>,
    /// How many of its buffers are mapped.
    pub(crate) maps: Cell<u32>,
    /// Something was dropped that may still be in use: it, and all that is dropped later, is left to the host.
    left: Cell<bool>,
}

/// Calls a function of the device table: its answer, or an error if there is none. Sound: the table lives as long as
/// the cycle.
macro_rules! device_call {
    ($device:expr, $function:ident $(, $argument:expr)*) => {{
        let device: &$crate::device::DeviceCore = &$device;
        match unsafe { (*device.api()).$function } {
            Some(function) => Ok(unsafe { function($($argument),*) }),
            None => Err($crate::error::Error::unsupported(concat!(
                "the host's table of devices has no ",
                stringify!($function)
            ))),
        }
    }};
}
pub(crate) use device_call;

/// The same for a function that answers a status, which becomes a result with the device's text.
macro_rules! device_try {
    ($device:expr, $function:ident $(, $argument:expr)*) => {
        $crate::device::device_call!($device, $function $(, $argument)*)
            .and_then(|status| $device.checked(status, stringify!($function)))
    };
}
pub(crate) use device_try;

impl DeviceCore {
    pub(crate) fn open(cycle: &Rc<Cycle>, raw: *const raw::bh_device_t) -> Result<Rc<DeviceCore>> {
        let api = extension(cycle, raw::BH_EXT_DEVICE) as *const raw::bh_device_api_t;
        if api.is_null() {
            return Err(Error::unsupported(format!("this host does not have {}: update it", raw::BH_EXT_DEVICE)));
        }
        // The table lives until destroy returns, which is after the cycle.
        unsafe { whole(api, "the host's table of devices") }?;
        let core = DeviceCore {
            cycle: cycle.clone(),
            api,
            raw,
            queues: RefCell::new(Vec::new()),
            maps: Cell::new(0),
            left: Cell::new(false),
        };
        let main = device_call!(core, main_queue, raw)?;
        core.add_queue(crate::host::granted(main, "main_queue")?);
        Ok(Rc::new(core))
    }
    pub(crate) fn is(&self, raw: *const raw::bh_device_t) -> bool {
        self.raw == raw
    }
    /// Panics when the cycle is over.
    #[inline]
    pub(crate) fn api(&self) -> *const raw::bh_device_api_t {
        self.cycle.table();
        self.api
    }
    pub(crate) fn main(&self) -> Rc<QueueState> {
        Rc::clone(&self.queues.borrow()[0])
    }
    pub(crate) fn add_queue(&self, raw: *mut raw::bh_queue_t) -> Rc<QueueState> {
        let state = Rc::new(QueueState { raw, pending: Cell::new(false) });
        self.queues.borrow_mut().push(Rc::clone(&state));
        state
    }
    pub(crate) fn forget_queue(&self, state: &Rc<QueueState>) {
        self.queues.borrow_mut().retain(|known| !Rc::ptr_eq(known, state));
    }
    /// What a status says, with the device's text.
    #[inline]
    pub(crate) fn checked(&self, status: i32, what: &str) -> Result<()> {
        if status == raw::BH_OK {
            return Ok(());
        }
        Err(self.error(status, what))
    }
    #[cold]
    pub(crate) fn error(&self, status: i32, what: &str) -> Error {
        // Valid until the next call on the device.
        let said = device_call!(*self, last_error, self.raw).map_or("", |said| unsafe { text_of(said) });
        Error::new(status, format!("{what}: {said}"))
    }
    /// Waits until nothing that was enqueued is unfinished. A queue that cannot be waited for stays pending.
    pub(crate) fn settle(&self) -> Result<()> {
        let pending: Vec<_> = self.queues.borrow().iter().filter(|queue| queue.pending.get()).map(Rc::clone).collect();
        let mut ended = Ok(());
        for queue in pending {
            match device_try!(*self, queue_finish, queue.raw) {
                Ok(()) => queue.pending.set(false),
                Err(error) => ended = ended.and(Err(error)),
            }
        }
        ended
    }
    /// For drop: whether an object may be handed back, after what might use it. Not where the wait for that ended early:
    /// the host cancelled it, or a queue run does not wait. The host then takes the object back when the cycle is over,
    /// which waits to the end, and with it whatever else is dropped, as that may be what the object stands on.
    pub(crate) fn settled_for_drop(&self) -> bool {
        if !self.cycle.lasts() || self.left.get() {
            return false;
        }
        // What a failed wait told belongs to a command before, and is told once. Of a lost device nothing runs.
        let ended = self.settle().or_else(|_| self.settle());
        self.left.set(matches!(ended, Err(error) if error.code() != raw::BH_E_DEVICE));
        !self.left.get()
    }
}

/// What a device reports of itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    Int(i64),
    Number(f64),
    Bool(bool),
    Text(String),
    /// major * 100 + minor, and all of it.
    Version(i64, String),
    Words(Vec<String>),
}

/// What the host measured of the last queue run: `raw::BH_SPAN_*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub flags: u32,
    pub duration_ns: Option<i64>,
    /// None: the device does not say.
    pub step_ns: Option<i64>,
    pub iterations: u64,
    pub commands: u64,
}

impl Span {
    /// True if nothing ran before all of it was enqueued.
    pub fn gated(&self) -> bool {
        self.flags & raw::BH_SPAN_GATED != 0
    }
}

/// A device that fills a slot: `Prepare::device`. Copies share it.
#[derive(Clone)]
pub struct Device {
    pub(crate) core: Rc<DeviceCore>,
    main: Rc<Queue>,
}

impl Device {
    pub(crate) fn new(core: Rc<DeviceCore>) -> Result<Device> {
        let main = Rc::new(Queue::main(&core));
        Ok(Device { core, main })
    }
    /// For what has no safe form here: optional interfaces (`benchhost/device_ext.h`), handles of the API.
    pub fn raw(&self) -> *const raw::bh_device_t {
        self.core.cycle.table();
        self.core.raw
    }
    /// The table behind it, for the same.
    pub fn api(&self) -> *const raw::bh_device_api_t {
        self.core.api()
    }
    /// The queue that the host brackets in a queue run; usable in every domain.
    pub fn main_queue(&self) -> &Queue {
        &self.main
    }
    /// A queue of its own, never bracketed. `flags`: `raw::BH_QUEUE_*`. Errors: `BH_E_UNSUPPORTED`: no further one.
    pub fn queue(&self, flags: u32) -> Result<Queue> {
        Queue::create(&self.core, flags)
    }
    /// An event, recorded as often as wanted. `flags`: `raw::BH_EVENT_*`.
    pub fn event(&self, flags: u32) -> Result<Event> {
        Event::create(&self.core, flags)
    }
    /// Device memory; contents undefined.
    pub fn buffer(&self, size_bytes: u64) -> Result<Buffer> {
        self.buffer_as(BufferRequest { size_bytes, ..BufferRequest::default() })
    }
    pub fn buffer_as(&self, request: BufferRequest) -> Result<Buffer> {
        Buffer::create(&self.core, request)
    }
    /// Picks the first dialect that the device likes and builds it. May take seconds. Errors: with the compiler's log.
    pub fn build(&self, source: &Source, parameters: &[Parameter]) -> Result<Program> {
        Program::build(&self.core, source, parameters)
    }
    /// A fact by its name, `raw::BH_CAP_*`. None: not reported.
    pub fn fact(&self, name: &str) -> Result<Option<Fact>> {
        let mut cap: raw::bh_cap_t = sized();
        let status = device_call!(self.core, cap, self.core.raw, c_text(name).as_ptr(), &mut cap)?;
        if status == raw::BH_E_NOT_FOUND {
            return Ok(None);
        }
        self.core.checked(status, &format!("fact '{name}'"))?;
        // Valid until the device is closed.
        let text = unsafe { text_of(cap.text) };
        Ok(Some(match cap.ty {
            raw::BH_CAP_TYPE_INT => Fact::Int(cap.integer),
            raw::BH_CAP_TYPE_NUMBER => Fact::Number(cap.number),
            raw::BH_CAP_TYPE_BOOL => Fact::Bool(cap.integer != 0),
            raw::BH_CAP_TYPE_STRING => Fact::Text(text.to_string()),
            raw::BH_CAP_TYPE_VERSION => Fact::Version(cap.integer, text.to_string()),
            raw::BH_CAP_TYPE_WORDS => {
                Fact::Words(text.split(' ').filter(|word| !word.is_empty()).map(str::to_string).collect())
            }
            other => return Err(Error::failed(format!("fact '{name}': type {other} is not known here"))),
        }))
    }
    /// A fact that is a whole number. None: not reported, or of another type.
    pub fn whole_fact(&self, name: &str) -> Result<Option<i64>> {
        Ok(match self.fact(name)? {
            Some(Fact::Int(integer)) | Some(Fact::Version(integer, _)) => Some(integer),
            _ => None,
        })
    }
    /// None: there was no queue run yet, or the device has no times.
    pub fn last_span(&self) -> Result<Option<Span>> {
        let mut span: raw::bh_span_t = sized();
        let status = device_call!(self.core, last_span, self.core.raw, &mut span)?;
        if status == raw::BH_E_NOT_FOUND {
            return Ok(None);
        }
        self.core.checked(status, "last_span")?;
        Ok(Some(Span {
            flags: span.flags,
            duration_ns: Some(span.duration_ns).filter(|_| span.flags & raw::BH_SPAN_DURATION != 0),
            step_ns: Some(span.step_ns).filter(|step| *step != 0),
            iterations: span.iterations,
            commands: span.commands,
        }))
    }
}
