//! What prepare is given: values of parameters, devices, and what makes the handles of a cycle.

use std::rc::Rc;

use crate::error::{text_of, Error, Result};
use crate::host::{Host, Recorder, Recording, Sample};
use crate::memory::{Memory, MemoryRequest, Plain};
use crate::raw;
use crate::team::{Pin, Team};

/// What prepare is given: parameters, seed, and the host.
pub struct Prepare<'a> {
    host: Host,
    raw: &'a raw::bh_prepare_t,
    about: &'static raw::bh_benchmark_t,
}

macro_rules! parameter {
    ($(#[$doc:meta])* $name:ident, $type:path, $member:ident, $rust:ty) => {
        $(#[$doc])*
        /// Panics if the benchmark has no parameter of this name and type.
        pub fn $name(&self, name: &str) -> $rust {
            self.value(name, $type).$member
        }
    };
}

impl<'a> Prepare<'a> {
    /// Errors: less than the descriptor declares.
    pub(crate) fn new(host: Host, raw: &'a raw::bh_prepare_t, about: &'static raw::bh_benchmark_t) -> Result<Self> {
        let (values, devices) = (about.parameters.count, about.slots.count);
        let short = raw.value_count < values || raw.device_count < devices;
        if short || (values > 0 && raw.values.is_null()) || (devices > 0 && raw.devices.is_null()) {
            return Err(Error::argument("there are fewer values or devices than the benchmark declares"));
        }
        Ok(Prepare { host, raw, about })
    }
    pub fn host(&self) -> &Host {
        &self.host
    }
    pub fn seed(&self) -> u64 {
        self.raw.seed
    }
    parameter!(u64, raw::BH_TYPE_UINT, u, u64);
    parameter!(i64, raw::BH_TYPE_INT, i, i64);
    parameter!(f64, raw::BH_TYPE_DOUBLE, f, f64);
    /// As u64, as the length of a slice.
    pub fn length(&self, name: &str) -> Result<usize> {
        let value = self.u64(name);
        usize::try_from(value).map_err(|_| Error::argument(format!("{name} = {value} is no length on this machine")))
    }
    pub fn bool(&self, name: &str) -> bool {
        self.value(name, raw::BH_TYPE_BOOL).u != 0
    }
    pub fn text(&self, name: &str) -> &str {
        self.text_value(self.value(name, raw::BH_TYPE_STRING))
    }
    /// The id of the choice.
    pub fn choice(&self, name: &str) -> &str {
        self.text_value(self.value(name, raw::BH_TYPE_ENUM))
    }
    pub fn list_of_u64(&self, name: &str) -> Vec<u64> {
        self.items(name, raw::BH_TYPE_UINT).iter().map(|item| item.u).collect()
    }
    pub fn list_of_i64(&self, name: &str) -> Vec<i64> {
        self.items(name, raw::BH_TYPE_INT).iter().map(|item| item.i).collect()
    }
    pub fn list_of_f64(&self, name: &str) -> Vec<f64> {
        self.items(name, raw::BH_TYPE_DOUBLE).iter().map(|item| item.f).collect()
    }
    pub fn list_of_texts(&self, name: &str) -> Vec<&str> {
        self.items(name, raw::BH_TYPE_STRING).iter().map(|item| self.text_value(item)).collect()
    }
    /// Of the slot with this index; NULL for an optional one that is empty.
    pub fn device(&self, slot: u32) -> *const raw::bh_device_t {
        assert!(slot < self.raw.device_count, "the benchmark has no device slot {slot}");
        // One pointer per declared slot.
        unsafe { *self.raw.devices.add(slot as usize) }
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
        let list = &self.about.metrics;
        (0..list.count)
            // The descriptor is this plugin's own.
            .find(|index| unsafe { text_of((*list.items.add(*index as usize)).id) } == id)
            .unwrap_or_else(|| panic!("the benchmark has no metric '{id}'"))
    }
    fn value(&self, name: &str, kind: u32) -> &raw::bh_value_t {
        let list = &self.about.parameters;
        for index in 0..list.count as usize {
            // The descriptor is this plugin's own, and the host gives a value for each parameter, in order.
            let declared = unsafe { &*list.items.add(index) };
            if unsafe { text_of(declared.name) } == name {
                let value = unsafe { &*self.raw.values.add(index) };
                assert!(value.ty == kind, "parameter '{name}' is of another type: {:#x}, not {kind:#x}", value.ty);
                return value;
            }
        }
        panic!("the benchmark has no parameter '{name}'")
    }
    fn items(&self, name: &str, kind: u32) -> &[raw::bh_value_t] {
        let list = self.value(name, raw::BH_TYPE_LIST | kind);
        if list.count == 0 {
            return &[];
        }
        // Items of a list lie behind it, as many as it counts.
        unsafe { std::slice::from_raw_parts(list.items, list.count as usize) }
    }
    fn text_value(&self, value: &raw::bh_value_t) -> &str {
        // Texts of values live until teardown returns.
        unsafe { text_of(value.s) }
    }
}
