//! What prepare is given: values of parameters, devices, and what makes the handles of a cycle.

use std::cmp::Ordering;
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
    /// Errors: fewer values than the descriptor declares, or one that it does not allow.
    pub(crate) fn new(host: Host, raw: &'a raw::bh_prepare_t, about: &'static raw::bh_benchmark_t) -> Result<Self> {
        let (values, devices) = (about.parameters.count, about.slots.count);
        let short = raw.value_count < values || raw.device_count < devices;
        if short || (values > 0 && raw.values.is_null()) || (devices > 0 && raw.devices.is_null()) {
            return Err(Error::argument("there are fewer values or devices than the benchmark declares"));
        }
        for index in 0..values as usize {
            // One value for each parameter, in order; the descriptor is this plugin's own.
            unsafe { check(&*about.parameters.items.add(index), &*raw.values.add(index)) }?;
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

/// The members of a value that its type names, compared.
fn order(a: &raw::bh_value_t, b: &raw::bh_value_t) -> Option<Ordering> {
    match a.ty {
        raw::BH_TYPE_INT => a.i.partial_cmp(&b.i),
        raw::BH_TYPE_UINT => a.u.partial_cmp(&b.u),
        raw::BH_TYPE_DOUBLE => a.f.partial_cmp(&b.f),
        raw::BH_TYPE_BOOL => (a.u != 0).partial_cmp(&(b.u != 0)),
        // Texts of values and of descriptors end with a 0.
        raw::BH_TYPE_STRING | raw::BH_TYPE_ENUM => unsafe { text_of(a.s).partial_cmp(text_of(b.s)) },
        _ => None,
    }
}

/// Whether one value, or one item of a list, is of the type and within what was declared.
///
/// # Safety
/// The lists of `declared` are whole.
unsafe fn allowed(declared: &raw::bh_param_t, value: &raw::bh_value_t) -> bool {
    let wanted = declared.ty & !raw::BH_TYPE_LIST;
    let text = wanted == raw::BH_TYPE_STRING || wanted == raw::BH_TYPE_ENUM;
    if value.ty != wanted || (wanted == raw::BH_TYPE_DOUBLE && !value.f.is_finite()) || (text && value.s.is_null()) {
        return false;
    }
    let bound = |bound: &raw::bh_value_t, wrong: Ordering| bound.ty == raw::BH_TYPE_NONE || order(value, bound) != Some(wrong);
    let choices = &declared.choices;
    let chosen = choices.count == 0
        || (0..choices.count as usize)
            .any(|index| order(value, unsafe { &*choices.items.add(index) }) == Some(Ordering::Equal));
    bound(&declared.minimum, Ordering::Less) && bound(&declared.maximum, Ordering::Greater) && chosen
}

/// Errors: BH_E_ARGUMENT with the parameter's name.
///
/// # Safety
/// Names and lists of both are whole.
unsafe fn check(declared: &raw::bh_param_t, value: &raw::bh_value_t) -> Result<()> {
    let good = if declared.ty & raw::BH_TYPE_LIST == 0 {
        unsafe { allowed(declared, value) }
    } else {
        let most = if declared.max_count == 0 { raw::BH_MAX_ITEMS } else { declared.max_count };
        let counted = (declared.min_count..=most).contains(&value.count) && (value.count == 0 || !value.items.is_null());
        value.ty == declared.ty
            && counted
            && (0..value.count as usize).all(|index| unsafe { allowed(declared, &*value.items.add(index)) })
    };
    if good {
        return Ok(());
    }
    let name = unsafe { text_of(declared.name) };
    Err(Error::argument(format!("parameter '{name}' has a value that the benchmark does not allow")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Param, Value};

    /// Whether a parameter takes a value.
    fn takes(param: Param, value: impl Into<Value>) -> bool {
        unsafe { check(&param.raw(), &value.into().raw()) }.is_ok()
    }

    #[test]
    fn values_outside_of_what_was_declared_are_refused() {
        let uint = || Param::new("n", 4u64, "a uint").range(1u64, 8u64);
        assert!(takes(uint(), 1u64) && takes(uint(), 8u64));
        assert!(!takes(uint(), 0u64) && !takes(uint(), 9u64) && !takes(uint(), u64::MAX));
        assert!(!takes(uint(), 4i64) && !takes(uint(), "4"));
        let int = || Param::new("i", 0i64, "an int").at_least(-2i64);
        assert!(takes(int(), -2i64) && takes(int(), i64::MAX) && !takes(int(), -3i64));
        let double = || Param::new("f", 0.5, "a double").range(0.0, 1.0);
        assert!(takes(double(), 1.0) && !takes(double(), 1.5) && !takes(double(), f64::NAN) && !takes(double(), f64::INFINITY));
        let choice = || Param::new("e", Value::choice("a"), "an enum").choices([Value::choice("a"), Value::choice("b")]);
        assert!(takes(choice(), Value::choice("b")) && !takes(choice(), Value::choice("c")) && !takes(choice(), "a"));
        let list = || Param::new("l", Value::list([1u64, 2]), "a list").range(1u64, 3u64).counts(1, 2);
        assert!(takes(list(), Value::list([3u64])));
        assert!(!takes(list(), Value::list([3u64, 4])) && !takes(list(), Value::list([1u64, 1, 1])) && !takes(list(), 1u64));
        assert!(!takes(list(), Value::List(Box::new(Value::Uint(0)), vec![])));
        assert!(takes(Param::new("b", true, "a bool"), false) && takes(Param::new("s", "", "a string"), "any"));
    }
}
