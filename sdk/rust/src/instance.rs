//! The life of a benchmark: from the host's calls to the methods of a type, with nothing unwinding back.

use std::any::TypeId;
use std::ffi::CString;
use std::os::raw::c_void;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::rc::Rc;
use std::sync::Mutex;

use crate::about::{About, Published};
use crate::error::{c_text, panic_text, text_of, whole, Error, Result};
use crate::held::Held;
use crate::host::{Cycle, Host};
use crate::native;
use crate::prepare::Prepare;
use crate::raw::{self, sized};

/// A benchmark. `prepare` begins a cycle, drop ends it; any number of cycles may follow one another.
pub trait Benchmark: Sized + 'static {
    /// The descriptor: the same on every machine and at every call.
    fn about() -> About;
    /// Everything that is not measured: allocates, fills, opens, states the work of one iteration.
    fn prepare(prepare: &Prepare) -> Result<Self>;
    /// Executes `batch.n` iterations back to back and nothing else; what it makes is kept by `keep`.
    fn run(&mut self, batch: &Batch) -> Result<()>;
    /// Compares what the last run left with a reference found another way. `checked` 0 is stored as unverified.
    fn verify(&mut self, verdict: &mut Verdict) -> Result<()>;
    /// Before each batch, outside all clocks.
    fn prepare_batch(&mut self, _batch: &Batch) -> Result<()> {
        Ok(())
    }
    /// After each batch, outside all clocks.
    fn finish_batch(&mut self, _batch: &Batch) -> Result<()> {
        Ok(())
    }
    /// Once per cycle, after its last run: metrics of domain None.
    fn process(&mut self) -> Result<()> {
        Ok(())
    }
}

/// One batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    pub n: u64,
    pub index: u64,
    /// Nothing of it is kept.
    pub warm_up: bool,
    /// This worker took the place of one that died, and joins in the middle: `Role::respawn`.
    pub respawned: bool,
}

/// What verify finds.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// How many results were compared.
    pub checked: u64,
    /// The worst error, an absolute value. NaN: none was measured.
    pub error: f64,
    /// The largest error accepted. NaN: none.
    pub tolerance: f64,
    /// By which measure, against what.
    pub what: String,
}

/// What create was told; the host keeps none of it.
pub(crate) struct Created {
    pub(crate) settings: Held,
    pub(crate) input: CString,
    pub(crate) content_digest: CString,
}

/// What `self` is for the host.
struct Instance<B> {
    host: *const raw::bh_host_t,
    about: Published,
    created: Created,
    cycle: Option<Rc<Cycle>>,
    body: Option<B>,
    what: CString,
}

/// Turns an answer into a status, and gives the host the text. Nothing unwinds out of it.
///
/// # Safety
/// `host` is the host's table.
pub(crate) unsafe fn guarded(host: *const raw::bh_host_t, body: impl FnOnce() -> Result<()>) -> i32 {
    let ended = catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|payload| Err(Error::failed(panic_text(payload))));
    match ended {
        Ok(()) => raw::BH_OK,
        Err(error) => match unsafe { (*host).fail } {
            Some(fail) => unsafe { fail(host, error.code(), c_text(error.text()).as_ptr()) },
            None => error.code(),
        },
    }
}

/// Runs a method of the body. The instance is the one that `create` made, and calls never overlap.
unsafe fn with_body<B: Benchmark>(this: *mut c_void, call: impl FnOnce(&mut B, &mut CString) -> Result<()>) -> i32 {
    let instance = unsafe { &mut *(this as *mut Instance<B>) };
    let (body, what) = (&mut instance.body, &mut instance.what);
    unsafe {
        guarded(instance.host, || match body {
            Some(body) => native::blamed(call(body, what)),
            None => Err(Error::new(raw::BH_E_STATE, "the benchmark is not prepared")),
        })
    }
}

unsafe fn batch_of(batch: *const raw::bh_batch_t) -> Result<Batch> {
    let batch = unsafe { whole(batch, "the batch") }?;
    let is = |flag: u32| batch.flags & flag != 0;
    Ok(Batch {
        n: batch.n,
        index: batch.index,
        warm_up: is(raw::BH_RUN_WARM_UP),
        respawned: is(raw::BH_RUN_RESPAWNED),
    })
}

/// Ends a cycle: drops the body while the host still answers it.
fn end_cycle<B>(instance: &mut Instance<B>) -> Result<()> {
    let body = instance.body.take();
    let ended = catch_unwind(AssertUnwindSafe(|| drop(body)));
    if let Some(cycle) = instance.cycle.take() {
        cycle.end();
    }
    native::blamed(ended.map_err(|payload| Error::failed(panic_text(payload))))
}

unsafe extern "C" fn create<B: Benchmark>(host: *const raw::bh_host_t, args: *const raw::bh_create_t,
                                          out: *mut *mut c_void) -> i32 {
    // Without a table there is nobody to give a text to.
    if unsafe { whole(host, "the host's table") }.is_err() {
        return raw::BH_E_ARGUMENT;
    }
    unsafe {
        guarded(host, || {
            let about = published::<B>().ok_or_else(|| Error::new(raw::BH_E_STATE, "create came before the entry"))?;
            let args = whole(args, "what create is told")?;
            let created = Created {
                settings: Held::copied(args.settings, args.setting_count),
                input: c_text(text_of(args.input)),
                content_digest: c_text(text_of(args.content_digest)),
            };
            let instance = Instance::<B> { host, about, created, cycle: None, body: None, what: CString::default() };
            *out = Box::into_raw(Box::new(instance)).cast();
            Ok(())
        })
    }
}

unsafe extern "C" fn prepare<B: Benchmark>(this: *mut c_void, args: *const raw::bh_prepare_t) -> i32 {
    let instance = unsafe { &mut *(this as *mut Instance<B>) };
    let host = instance.host;
    unsafe {
        guarded(host, || {
            end_cycle(instance)?;
            let raw = whole(args, "what prepare is told")?;
            let cycle = Cycle::begin(host);
            instance.cycle = Some(Rc::clone(&cycle));
            let given = Prepare::new(Host { cycle }, raw, instance.about, &instance.created)?;
            instance.body = Some(native::blamed(B::prepare(&given))?);
            Ok(())
        })
    }
}

unsafe extern "C" fn prepare_batch<B: Benchmark>(this: *mut c_void, batch: *const raw::bh_batch_t) -> i32 {
    unsafe { with_body::<B>(this, |body, _| body.prepare_batch(&batch_of(batch)?)) }
}

unsafe extern "C" fn run<B: Benchmark>(this: *mut c_void, batch: *const raw::bh_batch_t) -> i32 {
    unsafe { with_body::<B>(this, |body, _| body.run(&batch_of(batch)?)) }
}

unsafe extern "C" fn finish_batch<B: Benchmark>(this: *mut c_void, batch: *const raw::bh_batch_t) -> i32 {
    unsafe { with_body::<B>(this, |body, _| body.finish_batch(&batch_of(batch)?)) }
}

unsafe extern "C" fn verify<B: Benchmark>(this: *mut c_void, verdict: *mut raw::bh_verdict_t) -> i32 {
    unsafe {
        with_body::<B>(this, |body, what| {
            whole(verdict, "the verdict")?;
            let mut found =
                Verdict { checked: 0, error: f64::NAN, tolerance: f64::NAN, what: String::new() };
            let ended = body.verify(&mut found);
            *what = c_text(&found.what);
            (*verdict).checked = found.checked;
            (*verdict).error = found.error;
            (*verdict).tolerance = found.tolerance;
            (*verdict).what = what.as_ptr();
            ended
        })
    }
}

unsafe extern "C" fn process<B: Benchmark>(this: *mut c_void) -> i32 {
    unsafe { with_body::<B>(this, |body, _| body.process()) }
}

unsafe extern "C" fn teardown<B: Benchmark>(this: *mut c_void) -> i32 {
    let instance = unsafe { &mut *(this as *mut Instance<B>) };
    unsafe { guarded(instance.host, || end_cycle(instance)) }
}

unsafe extern "C" fn destroy<B: Benchmark>(this: *mut c_void) {
    let mut instance = unsafe { Box::from_raw(this as *mut Instance<B>) };
    // A body is left only where teardown never came; there is nobody to tell about its failure.
    let _ = end_cycle(&mut *instance);
    let _ = catch_unwind(AssertUnwindSafe(|| drop(instance)));
}

/// Descriptors by the type behind them, as create has only the type.
static PUBLISHED: Mutex<Vec<(TypeId, Published)>> = Mutex::new(Vec::new());

pub(crate) fn published<B: Benchmark>() -> Option<Published> {
    let known = PUBLISHED.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    known.iter().find(|(of, _)| *of == TypeId::of::<B>()).map(|(_, published)| *published)
}

/// None for a benchmark that has none, or that there is not.
pub(crate) fn roles_of(benchmark: &str) -> &'static [raw::bh_role_t] {
    let known = PUBLISHED.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    known.iter().find(|(_, published)| published.id() == benchmark).map_or(&[], |(_, published)| published.roles)
}

/// The descriptor of `B` with the functions behind it, made once.
pub(crate) fn publish<B: Benchmark>() -> Published {
    if let Some(about) = published::<B>() {
        return about;
    }
    let about = B::about().publish(raw::bh_lifecycle_t {
        create: Some(create::<B>),
        prepare: Some(prepare::<B>),
        prepare_batch: Some(prepare_batch::<B>),
        run: Some(run::<B>),
        finish_batch: Some(finish_batch::<B>),
        verify: Some(verify::<B>),
        process: Some(process::<B>),
        teardown: Some(teardown::<B>),
        destroy: Some(destroy::<B>),
        ..sized()
    });
    PUBLISHED.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push((TypeId::of::<B>(), about));
    about
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Category, Metric};
    use std::os::raw::c_char;

    struct Nothing;

    impl Benchmark for Nothing {
        fn about() -> About {
            About::new("org.example.test.nothing", "Nothing", "nothing", Category::Other)
                .metric(Metric::time("time", "Time", "nothing").primary())
        }
        fn prepare(_: &Prepare) -> Result<Self> {
            Ok(Nothing)
        }
        fn run(&mut self, _: &Batch) -> Result<()> {
            Ok(())
        }
        fn verify(&mut self, _: &mut Verdict) -> Result<()> {
            Ok(())
        }
    }

    unsafe extern "C" fn fail(_: *const raw::bh_host_t, code: i32, text: *const c_char) -> i32 {
        assert!(!unsafe { text_of(text) }.is_empty());
        code
    }

    #[test]
    fn what_is_too_short_is_refused_and_not_read() {
        let _alone = crate::fake::NATIVE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        publish::<Nothing>();
        let mut this = std::ptr::null_mut();
        let host = raw::bh_host_t { fail: Some(fail), ..sized() };
        let short = raw::bh_host_t { struct_size: 8, ..host };
        unsafe {
            assert_eq!(create::<Nothing>(std::ptr::null(), std::ptr::null(), &mut this), raw::BH_E_ARGUMENT);
            assert_eq!(create::<Nothing>(&short, &sized(), &mut this), raw::BH_E_ARGUMENT);
            assert_eq!(create::<Nothing>(&host, std::ptr::null(), &mut this), raw::BH_E_ARGUMENT);
            let short = raw::bh_create_t { struct_size: 8, ..sized() };
            assert_eq!(create::<Nothing>(&host, &short, &mut this), raw::BH_E_ARGUMENT);
            assert!(this.is_null());
            assert_eq!(create::<Nothing>(&host, &sized(), &mut this), raw::BH_OK);

            let told: raw::bh_prepare_t = sized();
            assert_eq!(prepare::<Nothing>(this, &raw::bh_prepare_t { struct_size: 16, ..told }), raw::BH_E_ARGUMENT);
            assert_eq!(run::<Nothing>(this, &sized()), raw::BH_E_STATE);
            assert_eq!(prepare::<Nothing>(this, &told), raw::BH_OK);
            assert_eq!(run::<Nothing>(this, &raw::bh_batch_t { struct_size: 8, ..sized() }), raw::BH_E_ARGUMENT);
            assert_eq!(run::<Nothing>(this, &sized()), raw::BH_OK);
            let mut verdict: raw::bh_verdict_t = raw::bh_verdict_t { struct_size: 32, checked: 7, ..sized() };
            assert_eq!(verify::<Nothing>(this, &mut verdict), raw::BH_E_ARGUMENT);
            assert_eq!(verdict.checked, 7);
            assert_eq!(teardown::<Nothing>(this), raw::BH_OK);
            assert_eq!(teardown::<Nothing>(this), raw::BH_OK);
            assert_eq!(prepare::<Nothing>(this, &told), raw::BH_OK);
            // A cycle that nobody ended ends with the instance.
            destroy::<Nothing>(this);
        }
    }

    #[test]
    fn a_batch_says_what_it_is() {
        let told = |flags| unsafe { batch_of(&raw::bh_batch_t { flags, n: 3, index: 2, ..sized() }) }.unwrap();
        let plain = Batch { n: 3, index: 2, warm_up: false, respawned: false };
        assert_eq!(told(0), plain);
        assert_eq!(told(raw::BH_RUN_WARM_UP), Batch { warm_up: true, ..plain });
        assert_eq!(told(raw::BH_RUN_RESPAWNED), Batch { respawned: true, ..plain });
    }

    #[test]
    fn a_failure_without_anybody_to_tell_keeps_its_code() {
        let host: raw::bh_host_t = sized();
        assert_eq!(unsafe { guarded(&host, || Err(Error::unsupported("no"))) }, raw::BH_E_UNSUPPORTED);
        assert_eq!(unsafe { guarded(&host, || panic!("planted")) }, raw::BH_E_FAILED);
        assert_eq!(Error::new(raw::BH_OK, "not a failure").code(), raw::BH_E_FAILED);
        assert_eq!(Error::new(-99, "unknown").code(), raw::BH_E_FAILED);
        assert_eq!(Error::new(raw::BH_E_CRASHED, "a child").code(), raw::BH_E_CRASHED);
    }
}
