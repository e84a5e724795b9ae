//! What prepare is given: values of parameters, devices, and what makes the handles of a cycle.

use std::cell::RefCell;
use std::ops::Deref;
use std::rc::Rc;

use crate::about::Published;
use crate::device::{Device, DeviceCore};
use crate::error::{text_of, Error, Result};
use crate::host::{Host, Recorder, Recording, Sample};
use crate::instance::Created;
use crate::memory::{Memory, MemoryRequest, Plain};
use crate::raw;
use crate::roles::Roles;
use crate::table::settings_of_plugin;
use crate::team::{Pin, Team};
use crate::values::Values;

/// What prepare is given: parameters by name (those of `Values`), seed, devices, and the host.
pub struct Prepare<'a> {
    host: Host,
    raw: &'a raw::bh_prepare_t,
    about: Published,
    created: &'a Created,
    values: Values<'a>,
    /// One for each device, as several slots may share one.
    devices: RefCell<Vec<Rc<DeviceCore>>>,
}

impl<'a> Deref for Prepare<'a> {
    type Target = Values<'a>;
    fn deref(&self) -> &Values<'a> {
        &self.values
    }
}

impl<'a> Prepare<'a> {
    /// Errors: fewer values or devices than the descriptor declares, or a value that it does not allow.
    pub(crate) fn new(host: Host, raw: &'a raw::bh_prepare_t, about: Published, created: &'a Created) -> Result<Self> {
        let slots = about.slots().len();
        if (raw.device_count as usize) < slots || (slots > 0 && raw.devices.is_null()) {
            return Err(Error::argument(format!("{} devices for {slots} slots that are declared", raw.device_count)));
        }
        // Values and descriptors live until teardown returns, which is longer than `'a`.
        let values = unsafe { Values::new(about.parameters(), raw.values, raw.value_count, "parameter") }?;
        Ok(Prepare { host, raw, about, created, values, devices: RefCell::new(Vec::new()) })
    }
    pub fn host(&self) -> &Host {
        &self.host
    }
    pub fn seed(&self) -> u64 {
        self.raw.seed
    }
    /// What a case from outside was added with; "" for one that the suite made.
    pub fn input(&self) -> &str {
        self.created.input.to_str().unwrap_or("")
    }
    pub fn content_digest(&self) -> &str {
        self.created.content_digest.to_str().unwrap_or("")
    }
    /// What enumerate was told. None: the case did not come from it. Errors: a value that is not allowed.
    pub fn settings(&self) -> Result<Option<Values<'_>>> {
        let (declared, given) = (settings_of_plugin(), self.created.settings.values());
        if given.is_empty() && !declared.is_empty() {
            return Ok(None);
        }
        // The instance has copies of its own.
        unsafe { Values::new(declared, given.as_ptr(), given.len() as u32, "setting") }.map(Some)
    }

    /// Of the slot with this id. Errors: it is empty (an optional one, or one of a role without devices), the host has
    /// no devices, or a table that is too short. Panics if the benchmark has no such slot.
    pub fn device(&self, slot: &str) -> Result<Device> {
        self.optional_device(slot)?.ok_or_else(|| Error::argument(format!("the device slot '{slot}' is empty")))
    }
    /// The same, None for an empty slot.
    pub fn optional_device(&self, slot: &str) -> Result<Option<Device>> {
        // The descriptor is this plugin's own.
        let place = self.about.slots().iter().position(|declared| unsafe { text_of(declared.id) } == slot);
        let place = place.unwrap_or_else(|| panic!("the benchmark has no device slot '{slot}'"));
        // One pointer per declared slot.
        let raw = unsafe { *self.raw.devices.add(place) };
        if raw.is_null() {
            return Ok(None);
        }
        let mut devices = self.devices.borrow_mut();
        let core = match devices.iter().find(|core| core.is(raw)) {
            Some(core) => Rc::clone(core),
            None => {
                let core = DeviceCore::open(&self.host.cycle, raw)?;
                devices.push(Rc::clone(&core));
                core
            }
        };
        Device::new(core).map(Some)
    }
    /// The workers of the case. Errors: the host has no roles, or the benchmark names none.
    pub fn roles(&self) -> Result<Roles> {
        Roles::find(&self.host.cycle)?.ok_or_else(|| {
            Error::unsupported(format!("this host does not have {} for this benchmark: update it", raw::BH_EXT_ROLES))
        })
    }
    /// Index of this worker's role; 0, the primary, also where the benchmark has no roles.
    pub fn role(&self) -> Result<u32> {
        Ok(Roles::find(&self.host.cycle)?.map_or(0, |roles| roles.index()))
    }

    /// The work of one iteration.
    pub fn work(&self, items: &[(&str, f64)]) -> Result<()> {
        self.host.work(items)
    }
    /// Zeroed.
    pub fn memory<T: Plain>(&self, length: usize) -> Result<Memory<T>> {
        self.memory_as(length, MemoryRequest::default())
    }
    pub fn memory_as<T: Plain>(&self, length: usize, request: MemoryRequest) -> Result<Memory<T>> {
        Memory::take(&self.host.cycle, length, request)
    }
    pub fn team(&self, count: u32, pin: Pin) -> Result<Team> {
        Team::open(&self.host.cycle, count, pin)
    }
    /// `index`: of the thread or client that records.
    pub fn recorder(&self, metric: &str, recording: Recording, index: u32) -> Result<Recorder> {
        Recorder::open(&self.host.cycle, self.metric(metric), recording, index)
    }
    pub fn sample(&self, metric: &str) -> Sample {
        Sample { cycle: Rc::clone(&self.host.cycle), metric: self.metric(metric) }
    }

    fn metric(&self, id: &str) -> u32 {
        // The descriptor is this plugin's own.
        let place = self.about.metrics().iter().position(|metric| unsafe { text_of(metric.id) } == id);
        place.unwrap_or_else(|| panic!("the benchmark has no metric '{id}'")) as u32
    }
}
