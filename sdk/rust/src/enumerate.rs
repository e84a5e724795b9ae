//! Cases that lie outside of the plugin's file: the tests of another program, a folder of models.

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::PathBuf;

use crate::about::{Param, Value};
use crate::error::{c_text, panic_text, text_of, whole, Error, Result};
use crate::held::Held;
use crate::host::{checked, Cycle, Host, Level};
use crate::instance::{guarded, published, Benchmark};
use crate::raw::{self, sized};
use crate::table::{settings_of_plugin, Table};
use crate::values::{check, Values};

/// What finds the cases of a plugin: `cases:` of the macro `plugin!` names it.
pub trait Cases {
    /// Whether enumerate starts child processes.
    const SPAWNS: bool = false;
    /// What it can be told by a suite.
    fn settings() -> Vec<Param> {
        Vec::new()
    }
    /// Adds what it finds. Also called with the defaults of the settings, and then adds what it can find.
    fn enumerate(found: &Enumerate) -> Result<()>;
}

/// One case from outside.
#[derive(Clone, Debug)]
pub struct Case {
    input: String,
    content_digest: String,
    title: String,
    values: Vec<(String, Value)>,
}

impl Case {
    /// `input`: what prepare finds it by again, and part of its identity: the same on every machine, "collection/name",
    /// no absolute path.
    pub fn new(input: impl Into<String>) -> Self {
        Case { input: input.into(), content_digest: String::new(), title: String::new(), values: Vec::new() }
    }
    /// Of what lies behind it: "sha256:…".
    pub fn content_digest(mut self, digest: impl Into<String>) -> Self {
        self.content_digest = digest.into();
        self
    }
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }
    /// Of a parameter; those without one are left to the suite.
    pub fn value(mut self, parameter: &str, value: impl Into<Value>) -> Self {
        self.values.push((parameter.to_string(), value.into()));
        self
    }
}

/// What `Cases::enumerate` is given. Valid until it returns. Of the host there is what works in enumerate.
pub struct Enumerate<'a> {
    host: Host,
    raw: &'a raw::bh_enumerate_t,
    settings: Values<'a>,
    table: &'a Table,
}

impl Enumerate<'_> {
    pub fn settings(&self) -> &Values<'_> {
        &self.settings
    }
    pub fn log(&self, level: Level, text: &str) {
        self.host.log(level, text)
    }
    /// True from when the host wants it to end: long searches ask, and return an error of `BH_E_CANCELLED`.
    pub fn cancelled(&self) -> bool {
        self.host.cancelled()
    }
    /// A life sign of something slow; `total` 0: unknown.
    pub fn progress(&self, done: u64, total: u64, text: &str) {
        self.host.progress(done, total, text)
    }
    pub fn now_ns(&self) -> i64 {
        self.host.now_ns()
    }
    pub fn asset_dir(&self) -> Option<PathBuf> {
        self.host.asset_dir()
    }
    /// Empty, private, deleted after the call.
    pub fn scratch_dir(&self) -> PathBuf {
        self.host.scratch_dir()
    }

    /// Adds a case of `B`, a benchmark of this plugin. Errors: `BH_E_ARGUMENT` with what is wrong with this case
    /// (others may follow), `BH_E_CANCELLED`. Panics if the plugin has no such benchmark, or that no such parameter.
    pub fn add<B: Benchmark>(&self, case: &Case) -> Result<()> {
        let known = published::<B>().and_then(|it| self.table.place_of(it.benchmark).map(|place| (it, place)));
        let (benchmark, place) = known.expect("a case was added of a benchmark that the plugin does not publish");
        let values = values_in_order(benchmark.parameters(), &case.values)?;
        let (input, digest, title) = (c_text(&case.input), c_text(&case.content_digest), c_text(&case.title));
        let found = raw::bh_case_t {
            benchmark: place,
            input: input.as_ptr(),
            content_digest: digest.as_ptr(),
            title: title.as_ptr(),
            values: values.values().as_ptr(),
            value_count: values.values().len() as u32,
            ..sized()
        };
        let add =
            self.raw.add.ok_or_else(|| Error::unsupported("what enumerate was told has no function to add cases"))?;
        // The host copies the case before it returns.
        let status = unsafe { add(self.raw, &found) };
        checked(&self.host.cycle, status, &format!("case '{}'", case.input))
    }
    /// The same for collections in which one bad case does not spoil the rest: it is logged as a warning. False:
    /// refused.
    pub fn try_add<B: Benchmark>(&self, case: &Case) -> Result<bool> {
        match self.add::<B>(case) {
            Ok(()) => Ok(true),
            Err(error) if error.code() == raw::BH_E_ARGUMENT => {
                self.log(Level::Warning, &format!("left out: {error}"));
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }
}

/// Values at the places of their parameters, gaps left open. Errors: a value that its parameter does not allow.
fn values_in_order(parameters: &[raw::bh_param_t], named: &[(String, Value)]) -> Result<Held> {
    let mut values: Vec<Option<Value>> = Vec::new();
    for (name, value) in named {
        // The descriptor is this plugin's own.
        let place = parameters.iter().position(|parameter| unsafe { text_of(parameter.name) } == name);
        let place = place.unwrap_or_else(|| panic!("the benchmark has no parameter '{name}'"));
        if values.len() <= place {
            values.resize(place + 1, None);
        }
        values[place] = Some(value.clone());
    }
    let held = Held::of(&values);
    for (parameter, value) in parameters.iter().zip(held.values()) {
        if value.ty != raw::BH_TYPE_NONE {
            // Both were made here.
            unsafe { check(parameter, value, "parameter") }?;
        }
    }
    Ok(held)
}

/// The body of enumerate: for the macro `plugin!`. Nothing unwinds out of it.
///
/// # Safety
/// As `enumerate` of `benchhost/plugin.h`.
pub unsafe fn enumerate<C: Cases>(
    host: *const raw::bh_host_t,
    told: *const raw::bh_enumerate_t,
    table: &'static Table,
) -> i32 {
    // Without a table there is nobody to give a text to.
    if unsafe { whole(host, "the host's table") }.is_err() {
        return raw::BH_E_ARGUMENT;
    }
    unsafe {
        guarded(host, || {
            let raw = whole(told, "what enumerate is told")?;
            let settings = Values::new(settings_of_plugin(), raw.settings, raw.setting_count, "setting")?;
            let cycle = Cycle::begin(host);
            let given = Enumerate { host: Host { cycle: cycle.clone() }, raw, settings, table };
            let ended = catch_unwind(AssertUnwindSafe(|| C::enumerate(&given)));
            cycle.end();
            ended.unwrap_or_else(|payload| Err(Error::failed(panic_text(payload))))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::os::raw::c_char;
    use std::sync::Mutex;

    use super::*;
    use crate::fake;
    use crate::{About, Batch, Category, Metric, Policy, Prepare, Role, Verdict};

    static TABLE: Table = Table::new();
    /// A process has one entry; tests have a thread each.
    static ENTRY: Mutex<()> = Mutex::new(());

    struct Outer;

    impl Benchmark for Outer {
        fn about() -> About {
            About::new("org.example.outer.test", "Outer", "from outside", Category::Other)
                .flags(raw::BH_BENCHMARK_ENUMERATED)
                .batch(Policy::Once, 1, 1)
                .parameter(Param::new("n", 1u64, "a number").range(1u64, 9u64))
                .parameter(Param::new("names", Value::list(["a"]), "texts"))
                .role(Role::new("client", "measures").count("1"))
                .role(Role::new("server", "answers").load().respawn())
                .metric(Metric::time("time", "Time", "none").primary())
        }
        fn prepare(_: &Prepare) -> Result<Self> {
            Err(Error::unsupported("is only described"))
        }
        fn run(&mut self, _: &Batch) -> Result<()> {
            Ok(())
        }
        fn verify(&mut self, _: &mut Verdict) -> Result<()> {
            Ok(())
        }
    }

    struct Unknown;

    impl Benchmark for Unknown {
        fn about() -> About {
            About::new("org.example.outer.unknown", "Unknown", "is not published", Category::Other)
        }
        fn prepare(_: &Prepare) -> Result<Self> {
            Ok(Unknown)
        }
        fn run(&mut self, _: &Batch) -> Result<()> {
            Ok(())
        }
        fn verify(&mut self, _: &mut Verdict) -> Result<()> {
            Ok(())
        }
    }

    struct Folder;

    impl Cases for Folder {
        const SPAWNS: bool = true;
        fn settings() -> Vec<Param> {
            vec![Param::new("folder", "", "where the cases are")]
        }
        fn enumerate(found: &Enumerate) -> Result<()> {
            match found.settings().text("folder") {
                "panic" => panic!("planted"),
                "unknown" => found.add::<Unknown>(&Case::new("x")),
                "parameter" => found.add::<Outer>(&Case::new("x").value("nothing", 1u64)),
                "range" => found.add::<Outer>(&Case::new("x").value("n", 10u64)),
                "cancelled" if found.cancelled() => Err(Error::new(raw::BH_E_CANCELLED, "stopped")),
                folder => {
                    found.add::<Outer>(&Case::new(format!("{folder}/one")).title("One").content_digest("sha256:00"))?;
                    let names = Value::list(["b", "c"]);
                    assert!(found.try_add::<Outer>(&Case::new(format!("{folder}/two")).value("names", names))?);
                    assert!(!found.try_add::<Outer>(&Case::new(format!("{folder}/one")))?);
                    Ok(())
                }
            }
        }
    }

    thread_local! {
        static ADDED: RefCell<Vec<String>> = RefCell::new(Vec::new());
        static SAID: RefCell<String> = RefCell::new(String::new());
    }

    unsafe extern "C" fn add(_: *const raw::bh_enumerate_t, found: *const raw::bh_case_t) -> i32 {
        let case = unsafe { &*found };
        let values: Vec<_> = (0..case.value_count as usize).map(|index| unsafe { &*case.values.add(index) }).collect();
        let mut text = unsafe {
            format!(
                "{} {}|{}|{}",
                case.benchmark,
                text_of(case.input),
                text_of(case.title),
                text_of(case.content_digest)
            )
        };
        for value in values {
            text += &format!(" {:#x}x{}", value.ty, value.count);
            for item in 0..value.count as usize {
                text += unsafe { text_of((*value.items.add(item)).s) };
            }
        }
        ADDED.with(|added| {
            if added.borrow().iter().any(|old| old.split('|').next() == text.split('|').next()) {
                return raw::BH_E_ARGUMENT;
            }
            added.borrow_mut().push(text);
            raw::BH_OK
        })
    }
    unsafe extern "C" fn fail(_: *const raw::bh_host_t, code: i32, text: *const c_char) -> i32 {
        SAID.with(|said| *said.borrow_mut() = unsafe { text_of(text) }.to_string());
        code
    }
    unsafe extern "C" fn entry_enumerate(host: *const raw::bh_host_t, told: *const raw::bh_enumerate_t) -> i32 {
        unsafe { enumerate::<Folder>(host, told, &TABLE) }
    }
    unsafe extern "C" fn benchmark(index: u32) -> *const raw::bh_benchmark_t {
        TABLE.at(index)
    }

    fn plugin() -> raw::bh_plugin_t {
        let _alone = ENTRY.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let offer = raw::bh_offer_t { abi_min: 1, abi_max: 1, ..sized() };
        let mut answer: raw::bh_answer_t = sized();
        let parts = crate::Parts {
            benchmark,
            benchmarks: &[crate::describe::<Outer>],
            outside: &[crate::outside::<Folder>(entry_enumerate)],
        };
        let note = "note\0".as_ptr().cast();
        assert_eq!(unsafe { crate::enter(&offer, &mut answer, note, &TABLE, &parts) }, raw::BH_OK);
        unsafe { *answer.plugin }
    }
    fn told(plugin: &raw::bh_plugin_t, folder: &str, told: raw::bh_enumerate_t) -> (i32, String) {
        fake::cycle(None, None);
        SAID.with(|said| said.take());
        let settings = Held::of(&[Some(Value::from(folder))]);
        let host = raw::bh_host_t { fail: Some(fail), ..fake::host() };
        let count = settings.values().len() as u32;
        let told = raw::bh_enumerate_t { settings: settings.values().as_ptr(), setting_count: count, ..told };
        (unsafe { plugin.enumerate.unwrap()(&host, &told) }, SAID.with(|said| said.take()))
    }

    #[test]
    fn cases_reach_the_host_and_failures_its_text() {
        let plugin = plugin();
        assert_eq!((plugin.flags, plugin.settings.count), (raw::BH_PLUGIN_SPAWNS, 1));
        let whole = raw::bh_enumerate_t { add: Some(add), ..sized() };
        assert_eq!(told(&plugin, "folder", whole), (raw::BH_OK, String::new()));
        assert_eq!(fake::calls(), ["log"]);
        let added = ADDED.with(|added| added.take());
        assert_eq!(added, ["0 folder/one|One|sha256:00", "0 folder/two|| 0x0x0 0x105x2bc"]);

        let failed = |folder: &str| told(&plugin, folder, whole);
        assert_eq!(failed("panic"), (raw::BH_E_FAILED, "the plugin panicked: planted".to_string()));
        assert!(failed("unknown").1.contains("a benchmark that the plugin does not publish"));
        assert!(failed("parameter").1.contains("has no parameter 'nothing'"));
        assert_eq!(failed("range").0, raw::BH_E_ARGUMENT);
        // Not cancelled: `cancelled` is a name like any other.
        assert_eq!(failed("cancelled").0, raw::BH_OK);
        assert_eq!(told(&plugin, "x", raw::bh_enumerate_t { struct_size: 16, ..whole }).0, raw::BH_E_ARGUMENT);
        let (code, said) = told(&plugin, "x", raw::bh_enumerate_t { add: None, ..whole });
        assert_eq!(
            (code, said.as_str()),
            (raw::BH_E_UNSUPPORTED, "what enumerate was told has no function to add cases")
        );
        let host = fake::host();
        assert_eq!(unsafe { plugin.enumerate.unwrap()(&host, &whole) }, raw::BH_E_ARGUMENT);
        assert_eq!(unsafe { plugin.enumerate.unwrap()(std::ptr::null(), &whole) }, raw::BH_E_ARGUMENT);
    }

    #[test]
    fn a_search_that_is_cancelled_says_so() {
        let plugin = plugin();
        let settings = Held::of(&[Some(Value::from("cancelled"))]);
        let host = raw::bh_host_t { fail: Some(fail), ..fake::host() };
        let told =
            raw::bh_enumerate_t { settings: settings.values().as_ptr(), setting_count: 1, add: Some(add), ..sized() };
        fake::fail("cancelled", 1);
        assert_eq!(unsafe { plugin.enumerate.unwrap()(&host, &told) }, raw::BH_E_CANCELLED);
    }

    #[test]
    fn the_host_finds_the_roles_by_the_extension() {
        let plugin = plugin();
        let ask = |id: &str| unsafe { plugin.extension.unwrap()(c_text(id).as_ptr()) };
        assert!(ask("benchhost.other/1").is_null());
        assert!(unsafe { plugin.extension.unwrap()(std::ptr::null()) }.is_null());
        let roles = unsafe { &*(ask(raw::BH_EXT_ROLES) as *const raw::bh_plugin_roles_t) };
        let role = |id: &str, index| unsafe { roles.role.unwrap()(c_text(id).as_ptr(), index).as_ref() };
        let server = role("org.example.outer.test", 1).unwrap();
        assert_eq!(
            (unsafe { text_of(server.id) }, server.flags),
            ("server", raw::BH_ROLE_LOAD | raw::BH_ROLE_MORTAL | raw::BH_ROLE_RESPAWN)
        );
        assert!(role("org.example.outer.test", 2).is_none() && role("org.example.outer.none", 0).is_none());
        assert!(unsafe { roles.role.unwrap()(std::ptr::null(), 0) }.is_null());
    }

    #[test]
    fn a_benchmark_of_cases_from_outside_needs_something_that_finds_them() {
        static ALONE: Table = Table::new();
        let _alone = ENTRY.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let offer = raw::bh_offer_t { abi_min: 1, abi_max: 1, ..sized() };
        let mut answer: raw::bh_answer_t = sized();
        let parts = crate::Parts { benchmark, benchmarks: &[crate::describe::<Outer>], outside: &[] };
        assert_eq!(unsafe { crate::enter(&offer, &mut answer, std::ptr::null(), &ALONE, &parts) }, raw::BH_E_FAILED);
        assert!(unsafe { text_of(answer.reason) }.contains("org.example.outer.test come from enumerate"));
    }
}
