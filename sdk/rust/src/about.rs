//! Descriptors: what the host knows of a benchmark before it runs it. `benchhost/plugin.h`, `params.h` and `metrics.h`
//! say what each member means.
//!
//! Texts and lists are kept until the process ends, as the host may read them that long.

use std::os::raw::c_char;
use std::ptr::null;

use crate::error::{c_text, text_of};
use crate::raw::{self, sized};

/// A text for ever; NULL for an empty one, which means absent.
fn kept(text: &str) -> *const c_char {
    if text.is_empty() {
        return null();
    }
    c_text(text).into_raw()
}

fn kept_list<T: 'static>(items: Vec<T>) -> (*const T, u32, u32) {
    if items.is_empty() {
        return (null(), 0, 0);
    }
    let items: &'static [T] = Box::leak(items.into_boxed_slice());
    (items.as_ptr(), items.len() as u32, std::mem::size_of::<T>() as u32)
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($word:ident = $number:path),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($word),+
        }
        impl $name {
            fn number(self) -> u32 {
                match self {
                    $($name::$word => $number),+
                }
            }
        }
    };
}

words!(/// Where a benchmark belongs.
    Category { Other = raw::BH_CATEGORY_OTHER, Hardware = raw::BH_CATEGORY_HARDWARE, Model = raw::BH_CATEGORY_MODEL,
               Pool = raw::BH_CATEGORY_POOL, Host = raw::BH_CATEGORY_HOST });
words!(/// What the host does between batches.
    Policy { Hot = raw::BH_BATCH_HOT, Cold = raw::BH_BATCH_COLD, Once = raw::BH_BATCH_ONCE });
words!(/// What sort of quantity a metric is.
    Kind { Other = raw::BH_KIND_OTHER, Time = raw::BH_KIND_TIME, Rate = raw::BH_KIND_RATE, Bytes = raw::BH_KIND_BYTES,
           Energy = raw::BH_KIND_ENERGY, Power = raw::BH_KIND_POWER, Temperature = raw::BH_KIND_TEMPERATURE,
           Frequency = raw::BH_KIND_FREQUENCY, Ratio = raw::BH_KIND_RATIO, Count = raw::BH_KIND_COUNT });
words!(/// Whose clock a metric stands on.
    Domain { None = raw::BH_DOMAIN_NONE, Host = raw::BH_DOMAIN_HOST, Queue = raw::BH_DOMAIN_QUEUE,
             Own = raw::BH_DOMAIN_SELF });
words!(/// Which way is better.
    Direction { None = raw::BH_DIRECTION_NONE, Lower = raw::BH_DIRECTION_LOWER, Higher = raw::BH_DIRECTION_HIGHER,
                Target = raw::BH_DIRECTION_TARGET });

/// A value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Int(i64),
    Uint(u64),
    Double(f64),
    Bool(bool),
    Text(String),
    /// The id of one of a parameter's choices.
    Choice(String),
    /// All of the type of the first; an empty list is of that of `Value` beside it.
    List(Box<Value>, Vec<Value>),
}

impl Value {
    pub fn choice(id: &str) -> Self {
        Value::Choice(id.to_string())
    }
    /// Requires: at least one item. An empty default is `Value::List(an item of the type, vec![])`.
    pub fn list(items: impl IntoIterator<Item = impl Into<Value>>) -> Self {
        let items: Vec<Value> = items.into_iter().map(Into::into).collect();
        let first = items.first().expect("a list without items does not say of what type it is").clone();
        Value::List(Box::new(first), items)
    }
    pub(crate) fn type_number(&self) -> u32 {
        match self {
            Value::Int(_) => raw::BH_TYPE_INT,
            Value::Uint(_) => raw::BH_TYPE_UINT,
            Value::Double(_) => raw::BH_TYPE_DOUBLE,
            Value::Bool(_) => raw::BH_TYPE_BOOL,
            Value::Text(_) => raw::BH_TYPE_STRING,
            Value::Choice(_) => raw::BH_TYPE_ENUM,
            Value::List(item, _) => raw::BH_TYPE_LIST | item.type_number(),
        }
    }
    pub(crate) fn raw(&self) -> raw::bh_value_t {
        let none = none();
        let number = self.type_number();
        match self {
            Value::Int(i) => raw::bh_value_t { ty: number, i: *i, ..none },
            Value::Uint(u) => raw::bh_value_t { ty: number, u: *u, ..none },
            Value::Double(f) => raw::bh_value_t { ty: number, f: *f, ..none },
            Value::Bool(b) => raw::bh_value_t { ty: number, u: u64::from(*b), ..none },
            // An empty string is a value; NULL is none.
            Value::Text(s) | Value::Choice(s) => raw::bh_value_t { ty: number, s: c_text(s).into_raw(), ..none },
            Value::List(_, items) => {
                let (items, count, _) = kept_list(items.iter().map(Value::raw).collect());
                raw::bh_value_t { ty: number, count, items, ..none }
            }
        }
    }
}

/// No value: left open.
pub(crate) fn none() -> raw::bh_value_t {
    raw::bh_value_t { ty: raw::BH_TYPE_NONE, count: 0, i: 0, u: 0, f: 0.0, s: null(), items: null() }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Value::Int(value)
    }
}
impl From<u64> for Value {
    fn from(value: u64) -> Self {
        Value::Uint(value)
    }
}
impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Value::Double(value)
    }
}
impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}
impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Value::Text(value.to_string())
    }
}

/// A parameter; its type is that of its default.
#[derive(Clone)]
pub struct Param(raw::bh_param_t);

impl Param {
    pub fn new(name: &str, default: impl Into<Value>, description: &str) -> Self {
        let default = default.into();
        Param(raw::bh_param_t {
            ty: default.type_number(),
            name: kept(name),
            description: kept(description),
            default_value: default.raw(),
            ..sized()
        })
    }
    pub fn range(mut self, minimum: impl Into<Value>, maximum: impl Into<Value>) -> Self {
        self.0.minimum = minimum.into().raw();
        self.0.maximum = maximum.into().raw();
        self
    }
    pub fn at_least(mut self, minimum: impl Into<Value>) -> Self {
        self.0.minimum = minimum.into().raw();
        self
    }
    pub fn choices(mut self, choices: impl IntoIterator<Item = impl Into<Value>>) -> Self {
        self.0.choices = value_list(choices);
        self
    }
    pub fn unit(mut self, unit: &str) -> Self {
        self.0.unit = kept(unit);
        self
    }
    pub fn constraint(mut self, expression: &str) -> Self {
        self.0.constraint = kept(expression);
        self
    }
    /// `BH_PARAM_*` of `raw`, joined.
    pub fn flags(mut self, flags: u32) -> Self {
        self.0.flags = flags;
        self
    }
    pub fn sweep(mut self, values: impl IntoIterator<Item = impl Into<Value>>) -> Self {
        self.0.sweep = raw::BH_SWEEP_LIST;
        self.0.sweep_values = value_list(values);
        self
    }
    pub fn log2(self, first: impl Into<Value>, last: impl Into<Value>) -> Self {
        self.between(raw::BH_SWEEP_LOG2, first, last)
    }
    /// Several values per factor of two.
    pub fn log2_per_octave(self, first: impl Into<Value>, last: impl Into<Value>, per_octave: u32) -> Self {
        let mut swept = self.between(raw::BH_SWEEP_LOG2, first, last);
        swept.0.sweep_per_octave = per_octave;
        swept
    }
    pub fn linear(self, first: impl Into<Value>, last: impl Into<Value>, step: impl Into<Value>) -> Self {
        let mut swept = self.between(raw::BH_SWEEP_LINEAR, first, last);
        swept.0.sweep_step = step.into().raw();
        swept
    }
    pub fn counts(mut self, least: u32, most: u32) -> Self {
        self.0.min_count = least;
        self.0.max_count = most;
        self
    }
    #[cfg(test)]
    pub(crate) fn raw(&self) -> raw::bh_param_t {
        self.0
    }
    fn between(mut self, sweep: u32, first: impl Into<Value>, last: impl Into<Value>) -> Self {
        self.0.sweep = sweep;
        self.0.sweep_first = first.into().raw();
        self.0.sweep_last = last.into().raw();
        self
    }
}

fn value_list(values: impl IntoIterator<Item = impl Into<Value>>) -> raw::bh_value_list_t {
    let (items, count, stride) = kept_list(values.into_iter().map(|value| value.into().raw()).collect());
    raw::bh_value_list_t { items, count, stride }
}

/// A metric.
#[derive(Clone)]
pub struct Metric(raw::bh_metric_t);

impl Metric {
    pub fn new(kind: Kind, domain: Domain, direction: Direction, id: &str, title: &str, unit: &str, description: &str) -> Self {
        Metric(raw::bh_metric_t {
            kind: kind.number(),
            domain: domain.number(),
            direction: direction.number(),
            id: kept(id),
            title: kept(title),
            unit: kept(unit),
            description: kept(description),
            ..sized()
        })
    }
    /// Wall time of an iteration, by the host's clock.
    pub fn time(id: &str, title: &str, description: &str) -> Self {
        Self::new(Kind::Time, Domain::Host, Direction::Lower, id, title, raw::BH_UNIT_NS, description)
    }
    /// Work of the key per second of that time.
    pub fn rate(id: &str, title: &str, unit: &str, work: &str, description: &str) -> Self {
        let mut metric = Self::new(Kind::Rate, Domain::Host, Direction::Higher, id, title, unit, description);
        metric.0.work = kept(work);
        metric
    }
    /// Time of an iteration by the device's clock: `run` enqueues on the main queue and does not wait.
    pub fn queue_time(id: &str, title: &str, description: &str) -> Self {
        Self::time(id, title, description).on(Domain::Queue)
    }
    /// Work of the key per second of that time.
    pub fn queue_rate(id: &str, title: &str, unit: &str, work: &str, description: &str) -> Self {
        Self::rate(id, title, unit, work, description).on(Domain::Queue)
    }
    /// Times that the benchmark reports or records itself.
    pub fn latency(id: &str, title: &str, description: &str) -> Self {
        Self::new(Kind::Time, Domain::Own, Direction::Lower, id, title, raw::BH_UNIT_NS, description)
    }
    fn on(mut self, domain: Domain) -> Self {
        self.0.domain = domain.number();
        self
    }
    pub fn primary(mut self) -> Self {
        self.0.flags |= raw::BH_METRIC_PRIMARY;
        self
    }
    pub fn labelled(mut self) -> Self {
        self.0.flags |= raw::BH_METRIC_LABELLED;
        self
    }
    /// "median", "p99.9"; of the samples of another metric if `source` names one.
    pub fn statistic(mut self, statistic: &str) -> Self {
        self.0.statistic = kept(statistic);
        self
    }
    pub fn source(mut self, metric: &str) -> Self {
        self.0.source = kept(metric);
        self
    }
    pub fn noise_floor(mut self, ratio: f64) -> Self {
        self.0.noise_floor_ratio = ratio;
        self
    }
    pub fn target(mut self, value: f64) -> Self {
        self.0.direction = raw::BH_DIRECTION_TARGET;
        self.0.target = value;
        self
    }
}

/// A value that the host computes over a sweep.
#[derive(Clone)]
pub struct Summary(raw::bh_summary_t);

impl Summary {
    /// `kind`: `raw::BH_SUMMARY_*`; metric and parameter: indices, in the order in which the benchmark names them.
    #[allow(clippy::too_many_arguments)]
    pub fn new(kind: u32, direction: Direction, metric: u32, parameter: u32, id: &str, title: &str, unit: &str,
               description: &str) -> Self {
        Summary(raw::bh_summary_t {
            kind,
            direction: direction.number(),
            metric,
            parameter,
            id: kept(id),
            title: kept(title),
            unit: kept(unit),
            description: kept(description),
            ..sized()
        })
    }
    /// For a fit: `raw::BH_BASIS_*`.
    pub fn basis(mut self, basis: u32) -> Self {
        self.0.basis = basis;
        self
    }
    pub fn limit(mut self, expression: &str) -> Self {
        self.0.limit = kept(expression);
        self
    }
}

/// A device that a benchmark needs.
#[derive(Clone)]
pub struct Slot(raw::bh_slot_t);

impl Slot {
    pub fn new(id: &str, requirement: &str, description: &str) -> Self {
        Slot(raw::bh_slot_t {
            id: kept(id),
            requirement: kept(requirement),
            description: kept(description),
            ..sized()
        })
    }
    /// `raw::BH_SLOT_*`, joined.
    pub fn flags(mut self, flags: u32) -> Self {
        self.0.flags = flags;
        self
    }
    /// May stay empty.
    pub fn optional(self) -> Self {
        self.flag(raw::BH_SLOT_OPTIONAL)
    }
    /// May be the same device as an earlier slot.
    pub fn shared(self) -> Self {
        self.flag(raw::BH_SLOT_SHARED)
    }
    /// Other cases may use the device meanwhile.
    pub fn shareable(self) -> Self {
        self.flag(raw::BH_SLOT_SHAREABLE)
    }
    fn flag(mut self, flag: u32) -> Self {
        self.0.flags |= flag;
        self
    }
}

/// One role of a case of several workers: `benchhost/roles.h`. The first that a benchmark names is the primary.
#[derive(Clone)]
pub struct Role(raw::bh_role_t);

impl Role {
    pub fn new(id: &str, description: &str) -> Self {
        Role(raw::bh_role_t { id: kept(id), description: kept(description), ..sized() })
    }
    /// Only makes load: one call of run, until `Roles::stop`.
    pub fn load(self) -> Self {
        self.flag(raw::BH_ROLE_LOAD)
    }
    /// May be killed by a peer.
    pub fn mortal(self) -> Self {
        self.flag(raw::BH_ROLE_MORTAL)
    }
    /// The same, and a new worker takes its place.
    pub fn respawn(self) -> Self {
        self.flag(raw::BH_ROLE_MORTAL | raw::BH_ROLE_RESPAWN)
    }
    /// Gets the devices of the slots; the primary always does.
    pub fn devices(self) -> Self {
        self.flag(raw::BH_ROLE_DEVICES)
    }
    /// Its verify is called; the primary's always is.
    pub fn verifies(self) -> Self {
        self.flag(raw::BH_ROLE_VERIFIES)
    }
    /// Members: an expression over parameters.
    pub fn count(mut self, expression: &str) -> Self {
        self.0.count = kept(expression);
        self
    }
    /// Of one member; the primary's are those of the benchmark.
    pub fn claim_cores(mut self, expression: &str) -> Self {
        self.0.claim_cores = kept(expression);
        self
    }
    fn flag(mut self, flag: u32) -> Self {
        self.0.flags |= flag;
        self
    }
}

/// All that a benchmark publishes.
pub struct About {
    raw: raw::bh_benchmark_t,
    parameters: Vec<raw::bh_param_t>,
    metrics: Vec<raw::bh_metric_t>,
    summaries: Vec<raw::bh_summary_t>,
    slots: Vec<raw::bh_slot_t>,
    roles: Vec<raw::bh_role_t>,
}

/// A descriptor for ever, and the roles beside it.
#[derive(Clone, Copy)]
pub(crate) struct Published {
    pub(crate) benchmark: &'static raw::bh_benchmark_t,
    pub(crate) roles: &'static [raw::bh_role_t],
}
// Never changes once it is published.
unsafe impl Send for Published {}
unsafe impl Sync for Published {}

impl Published {
    pub(crate) fn id(&self) -> &'static str {
        // This plugin's own, and so are the lists below, made by kept_list.
        unsafe { text_of(self.benchmark.id) }
    }
    pub(crate) fn parameters(&self) -> &'static [raw::bh_param_t] {
        let list = &self.benchmark.parameters;
        unsafe { own_list(list.items, list.count) }
    }
    pub(crate) fn metrics(&self) -> &'static [raw::bh_metric_t] {
        let list = &self.benchmark.metrics;
        unsafe { own_list(list.items, list.count) }
    }
    pub(crate) fn slots(&self) -> &'static [raw::bh_slot_t] {
        let list = &self.benchmark.slots;
        unsafe { own_list(list.items, list.count) }
    }
}

/// # Safety
/// The list was made by `kept_list`.
pub(crate) unsafe fn own_list<T>(items: *const T, count: u32) -> &'static [T] {
    if count == 0 {
        return &[];
    }
    // By the caller's promise.
    unsafe { std::slice::from_raw_parts(items, count as usize) }
}

/// What enumerate can be told, for ever.
pub(crate) fn kept_params(params: Vec<Param>) -> raw::bh_param_list_t {
    let (items, count, stride) = kept_list(params.into_iter().map(|param| param.0).collect());
    raw::bh_param_list_t { items, count, stride }
}

impl About {
    /// `id`: stable for ever; begins with the plugin's id and a dot.
    pub fn new(id: &str, title: &str, description: &str, category: Category) -> Self {
        let raw = raw::bh_benchmark_t {
            category: category.number(),
            workload_revision: 1,
            id: kept(id),
            title: kept(title),
            description: kept(description),
            ..sized()
        };
        About { raw, parameters: vec![], metrics: vec![], summaries: vec![], slots: vec![], roles: vec![] }
    }
    pub fn parameter(mut self, parameter: Param) -> Self {
        self.parameters.push(parameter.0);
        self
    }
    pub fn metric(mut self, metric: Metric) -> Self {
        self.metrics.push(metric.0);
        self
    }
    pub fn summary(mut self, summary: Summary) -> Self {
        self.summaries.push(summary.0);
        self
    }
    pub fn slot(mut self, slot: Slot) -> Self {
        self.slots.push(slot.0);
        self
    }
    pub fn role(mut self, role: Role) -> Self {
        self.roles.push(role.0);
        self
    }
    /// Ids joined by commas.
    pub fn tags(mut self, tags: &str) -> Self {
        self.raw.tags = kept(tags);
        self
    }
    pub fn requirement(mut self, expression: &str) -> Self {
        self.raw.requirement = kept(expression);
        self
    }
    pub fn claim_cores(mut self, expression: &str) -> Self {
        self.raw.claim_cores = kept(expression);
        self
    }
    pub fn claim_memory_bytes(mut self, expression: &str) -> Self {
        self.raw.claim_memory_bytes = kept(expression);
        self
    }
    pub fn claim_seconds(mut self, expression: &str) -> Self {
        self.raw.claim_seconds = kept(expression);
        self
    }
    /// `most` 0: no limit.
    pub fn batch(mut self, policy: Policy, least: u64, most: u64) -> Self {
        self.raw.batch = policy.number();
        self.raw.batch_min = least;
        self.raw.batch_max = most;
        self
    }
    /// `raw::BH_BENCHMARK_*`, joined.
    pub fn flags(mut self, flags: u32) -> Self {
        self.raw.flags = flags;
        self
    }
    pub fn workload_revision(mut self, revision: u64) -> Self {
        self.raw.workload_revision = revision;
        self
    }

    /// For ever.
    pub(crate) fn publish(self, lifecycle: raw::bh_lifecycle_t) -> Published {
        let mut raw = self.raw;
        let (items, count, stride) = kept_list(self.parameters);
        raw.parameters = raw::bh_param_list_t { items, count, stride };
        let (items, count, stride) = kept_list(self.metrics);
        raw.metrics = raw::bh_metric_list_t { items, count, stride };
        let (items, count, stride) = kept_list(self.summaries);
        raw.summaries = raw::bh_summary_list_t { items, count, stride };
        let (items, count, stride) = kept_list(self.slots);
        raw.slots = raw::bh_slot_list_t { items, count, stride };
        raw.lifecycle = Box::leak(Box::new(lifecycle));
        Published { benchmark: Box::leak(Box::new(raw)), roles: Box::leak(self.roles.into_boxed_slice()) }
    }
}
