//! A triad in Rust without a crate: `rustc --crate-type cdylib -C panic=unwind triad.rs`. The structs are written after the C
//! headers; layout.rs, generated from the layout file, refuses to compile where they differ.
#![allow(dead_code)]

use std::mem::size_of;
use std::os::raw::{c_char, c_void};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr::{null, null_mut};

type Status = i32;
const OK: Status = 0;
const FAILED: Status = -1;
const ARGUMENT: Status = -2;
const VERSION: Status = -4;
const ABI: u32 = 1; // 0.1

#[repr(C)]
#[derive(Clone, Copy)]
struct Value {
    ty: u32,
    count: u32,
    i: i64,
    u: u64,
    f: f64,
    s: *const c_char,
    items: *const Value,
}
#[repr(C)]
#[derive(Clone, Copy)]
struct List<T> {
    items: *const T,
    count: u32,
    stride: u32,
}
#[repr(C)]
struct Param {
    struct_size: u32,
    ty: u32,
    flags: u32,
    sweep: u32,
    name: *const c_char,
    unit: *const c_char,
    description: *const c_char,
    constraint: *const c_char,
    default_value: Value,
    minimum: Value,
    maximum: Value,
    choices: List<Value>,
    sweep_values: List<Value>,
    sweep_first: Value,
    sweep_last: Value,
    sweep_step: Value,
    sweep_per_octave: u32,
    min_count: u32,
    max_count: u32,
    reserved: u32,
}
#[repr(C)]
struct Metric {
    struct_size: u32,
    kind: u32,
    direction: u32,
    domain: u32,
    flags: u32,
    reserved: u32,
    id: *const c_char,
    title: *const c_char,
    unit: *const c_char,
    description: *const c_char,
    work: *const c_char,
    statistic: *const c_char,
    source: *const c_char,
    noise_floor_ratio: f64,
    target: f64,
}
#[repr(C)]
struct Work {
    key: *const c_char,
    amount: f64,
}
#[repr(C)]
struct Memory {
    struct_size: u32,
    flags: u32,
    size_bytes: u64,
    alignment_bytes: u64,
    node: i32,
    reserved: u32,
    page_bytes: u64,
    data: *mut c_void,
}
/// Functions that this plugin does not call are words.
#[repr(C)]
struct Host {
    struct_size: u32,
    abi: u32,
    asset_dir: *const c_char,
    scratch_dir: *const c_char,
    extension: usize,
    log: usize,
    fail: unsafe extern "C" fn(*const Host, Status, *const c_char) -> Status,
    last_error: usize,
    cancelled: usize,
    progress: usize,
    now_ns: usize,
    sleep_until: usize,
    work: unsafe extern "C" fn(*const Host, *const Work, u32) -> Status,
    metric_declare: usize,
    report: usize,
    report_rate: usize,
    report_labelled: usize,
    withhold: usize,
    recorder_open: usize,
    record: usize,
    random_fill: usize,
    memory_take: unsafe extern "C" fn(*const Host, *mut Memory) -> Status,
    memory_free: unsafe extern "C" fn(*const Host, *mut c_void),
    team_open: usize,
    team_run: usize,
    team_barrier: usize,
    team_cpu: usize,
    attach: usize,
}
#[repr(C)]
struct Create {
    struct_size: u32,
    setting_count: u32,
    settings: *const Value,
    benchmark: *const c_char,
    input: *const c_char,
    content_digest: *const c_char,
}
#[repr(C)]
struct Prepare {
    struct_size: u32,
    value_count: u32,
    values: *const Value,
    devices: *const *const c_void,
    device_count: u32,
    reserved: u32,
    seed: u64,
}
#[repr(C)]
struct Batch {
    struct_size: u32,
    flags: u32,
    n: u64,
    index: u64,
}
#[repr(C)]
struct Verdict {
    struct_size: u32,
    reserved: u32,
    checked: u64,
    error: f64,
    tolerance: f64,
    what: *const c_char,
}
type OfInstance = unsafe extern "C" fn(*mut c_void) -> Status;
type OfBatch = unsafe extern "C" fn(*mut c_void, *const Batch) -> Status;
#[repr(C)]
struct Lifecycle {
    struct_size: u32,
    reserved: u32,
    create: unsafe extern "C" fn(*const Host, *const Create, *mut *mut c_void) -> Status,
    prepare: unsafe extern "C" fn(*mut c_void, *const Prepare) -> Status,
    prepare_batch: Option<OfBatch>,
    run: OfBatch,
    finish_batch: Option<OfBatch>,
    verify: Option<unsafe extern "C" fn(*mut c_void, *mut Verdict) -> Status>,
    process: Option<OfInstance>,
    teardown: OfInstance,
    destroy: unsafe extern "C" fn(*mut c_void),
}
#[repr(C)]
struct Benchmark {
    struct_size: u32,
    category: u32,
    flags: u32,
    batch: u32,
    batch_min: u64,
    batch_max: u64,
    workload_revision: u64,
    id: *const c_char,
    title: *const c_char,
    description: *const c_char,
    tags: *const c_char,
    requirement: *const c_char,
    claim_cores: *const c_char,
    claim_memory_bytes: *const c_char,
    claim_seconds: *const c_char,
    slots: List<c_void>,
    parameters: List<Param>,
    metrics: List<Metric>,
    summaries: List<c_void>,
    lifecycle: *const Lifecycle,
}
#[repr(C)]
struct Plugin {
    struct_size: u32,
    own_threads: u32,
    flags: u32,
    reserved: u32,
    benchmark: unsafe extern "C" fn(u32) -> *const Benchmark,
    enumerate: usize,
    extension: usize,
    settings: List<Param>,
}
#[repr(C)]
struct Offer {
    struct_size: u32,
    abi_min: u32,
    abi_max: u32,
    reserved: u32,
    host_name: *const c_char,
    host_version: *const c_char,
}
#[repr(C)]
struct Answer {
    struct_size: u32,
    abi: u32,
    plugin: *const Plugin,
    note: *const c_char,
    reason: *const c_char,
}

include!(concat!(env!("BH_LAYOUT_DIR"), "/layout.rs"));

/// A C string literal.
macro_rules! c {
    ($text:literal) => {
        concat!($text, "\0").as_ptr() as *const c_char
    };
}
/// Constants with pointers in them, which never change.
struct Constant<T>(T);
unsafe impl<T> Sync for Constant<T> {}
const fn size<T>() -> u32 {
    size_of::<T>() as u32
}

// ---- The note ------------------------------------------------------------------------------------------------------------

const TEXT: &[u8] = concat!(
    "BHNOTE1\nid=org.example.triad_rust\nversion=1.0.0\nvendor=Example Ltd\nlicence=MIT\n",
    "abi=0.1-0.1\nos=linux\narch=x86_64\nisa=x86-64-v1\n\0"
)
.as_bytes();
#[repr(C, align(4))]
struct Note {
    sizes: [u32; 3],
    name: [u8; 12],
    text: [u8; TEXT.len()],
}
const fn text() -> [u8; TEXT.len()] {
    let mut bytes = [0u8; TEXT.len()];
    let mut i = 0;
    while i < TEXT.len() {
        bytes[i] = TEXT[i];
        i += 1;
    }
    bytes
}
#[used]
#[link_section = ".note.benchhost"]
static NOTE: Note = Note { sizes: [10, TEXT.len() as u32, 0x4248_0001], name: *b"benchhost\0\0\0", text: text() };

// ---- The benchmark ---------------------------------------------------------------------------------------------------------

/// bh_keep of plugin.h: the memory at p is taken as read and changed here.
fn keep<T>(p: *const T) {
    unsafe { std::arch::asm!("/* {0} */", in(reg) p, options(nostack, preserves_flags)) }
}

struct Triad {
    host: *const Host,
    n: usize,
    a: *mut f64,
    b: *mut f64,
    c: *mut f64,
}

/// No panic leaves the plugin.
unsafe fn guarded(host: *const Host, body: impl FnOnce() -> Status) -> Status {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| ((*host).fail)(host, FAILED, c!("the plugin panicked")))
}

unsafe extern "C" fn create(host: *const Host, _: *const Create, out: *mut *mut c_void) -> Status {
    guarded(host, || {
        let triad = Triad { host, n: 0, a: null_mut(), b: null_mut(), c: null_mut() };
        *out = Box::into_raw(Box::new(triad)) as *mut c_void;
        OK
    })
}

unsafe fn take(host: *const Host, n: usize, out: &mut *mut f64) -> Status {
    let mut memory = Memory {
        struct_size: size::<Memory>(),
        flags: 0,
        size_bytes: 8 * n as u64,
        alignment_bytes: 64,
        node: -1,
        reserved: 0,
        page_bytes: 0,
        data: null_mut(),
    };
    let status = ((*host).memory_take)(host, &mut memory);
    *out = memory.data as *mut f64;
    status
}

unsafe extern "C" fn prepare(this: *mut c_void, args: *const Prepare) -> Status {
    let t = &mut *(this as *mut Triad);
    let host = t.host;
    guarded(host, || {
        t.n = (*(*args).values).u as usize;
        for array in [&mut t.a, &mut t.b, &mut t.c] {
            let status = take(host, t.n, array);
            if status != OK {
                return status;
            }
        }
        for i in 0..t.n {
            *t.b.add(i) = i as f64;
            *t.c.add(i) = (i % 7) as f64;
        }
        let n = t.n as f64;
        let work = [
            Work { key: c!("bytes.read"), amount: 16.0 * n },
            Work { key: c!("bytes.written"), amount: 8.0 * n },
            Work { key: c!("ops.fp64"), amount: 2.0 * n },
        ];
        ((*host).work)(host, work.as_ptr(), work.len() as u32)
    })
}

unsafe extern "C" fn run(this: *mut c_void, batch: *const Batch) -> Status {
    let t = &*(this as *const Triad);
    guarded(t.host, || {
        let a = std::slice::from_raw_parts_mut(t.a, t.n);
        let (b, c) = (std::slice::from_raw_parts(t.b, t.n), std::slice::from_raw_parts(t.c, t.n));
        for _ in 0..(*batch).n {
            for i in 0..t.n {
                a[i] = b[i] + 3.0 * c[i];
            }
            keep(a.as_ptr());
        }
        OK
    })
}

unsafe extern "C" fn verify(this: *mut c_void, verdict: *mut Verdict) -> Status {
    let t = &*(this as *const Triad);
    guarded(t.host, || {
        if ((*verdict).struct_size as usize) < size_of::<Verdict>() {
            return ARGUMENT;
        }
        let mut worst = 0f64;
        for i in 0..t.n {
            let error = (*t.a.add(i) - (i as f64 + 3.0 * (i % 7) as f64)).abs();
            if error > worst || error.is_nan() {
                worst = error;
            }
        }
        (*verdict).checked = t.n as u64;
        (*verdict).error = worst;
        (*verdict).tolerance = 0.0;
        (*verdict).what = c!("largest difference from the closed form, which is exact");
        OK
    })
}

unsafe extern "C" fn teardown(this: *mut c_void) -> Status {
    let t = &mut *(this as *mut Triad);
    for array in [&mut t.a, &mut t.b, &mut t.c] {
        ((*t.host).memory_free)(t.host, *array as *mut c_void);
        *array = null_mut();
    }
    OK
}

unsafe extern "C" fn destroy(this: *mut c_void) {
    drop(Box::from_raw(this as *mut Triad));
}

// ---- Descriptors -------------------------------------------------------------------------------------------------------------

const NONE: Value = Value { ty: 0, count: 0, i: 0, u: 0, f: 0.0, s: null(), items: null() };
const fn uint(u: u64) -> Value {
    Value { ty: 2, u, ..NONE }
}
const fn no_items<T>() -> List<T> {
    List { items: null(), count: 0, stride: 0 }
}

static PARAMETERS: Constant<[Param; 1]> = Constant([Param {
    struct_size: size::<Param>(),
    ty: 2,
    flags: 0,
    sweep: 3,
    name: c!("n"),
    unit: null(),
    description: c!("elements per array"),
    constraint: null(),
    default_value: uint(1 << 20),
    minimum: uint(1),
    maximum: NONE,
    choices: no_items(),
    sweep_values: no_items(),
    sweep_first: uint(1024),
    sweep_last: uint(1 << 24),
    sweep_step: NONE,
    sweep_per_octave: 1,
    min_count: 0,
    max_count: 0,
    reserved: 0,
}]);
static METRICS: Constant<[Metric; 1]> = Constant([Metric {
    struct_size: size::<Metric>(),
    kind: 2,
    direction: 2,
    domain: 1,
    flags: 1,
    reserved: 0,
    id: c!("bandwidth"),
    title: c!("Bandwidth"),
    unit: c!("By/s"),
    description: c!("24 bytes per element"),
    work: c!("bytes"),
    statistic: null(),
    source: null(),
    noise_floor_ratio: 0.0,
    target: 0.0,
}]);
static LIFECYCLE: Lifecycle = Lifecycle {
    struct_size: size::<Lifecycle>(),
    reserved: 0,
    create,
    prepare,
    prepare_batch: None,
    run,
    finish_batch: None,
    verify: Some(verify),
    process: None,
    teardown,
    destroy,
};
static TRIAD: Constant<Benchmark> = Constant(Benchmark {
    struct_size: size::<Benchmark>(),
    category: 1,
    flags: 0,
    batch: 0,
    batch_min: 0,
    batch_max: 0,
    workload_revision: 1,
    id: c!("org.example.triad_rust.host"),
    title: c!("Triad"),
    description: c!("a[i] = b[i] + 3 c[i]"),
    tags: null(),
    requirement: null(),
    claim_cores: null(),
    claim_memory_bytes: c!("3 * 8 * n"),
    claim_seconds: null(),
    slots: no_items(),
    parameters: List { items: &PARAMETERS.0 as *const Param, count: 1, stride: size::<Param>() },
    metrics: List { items: &METRICS.0 as *const Metric, count: 1, stride: size::<Metric>() },
    summaries: no_items(),
    lifecycle: &LIFECYCLE,
});

unsafe extern "C" fn benchmark(index: u32) -> *const Benchmark {
    if index == 0 {
        &TRIAD.0
    } else {
        null()
    }
}

static PLUGIN: Constant<Plugin> = Constant(Plugin {
    struct_size: size::<Plugin>(),
    own_threads: 0,
    flags: 0,
    reserved: 0,
    benchmark,
    enumerate: 0,
    extension: 0,
    settings: no_items(),
});

#[no_mangle]
unsafe extern "C" fn bh_plugin_entry(offer: *const Offer, answer: *mut Answer) -> Status {
    if ((*offer).struct_size as usize) < size_of::<Offer>() || ((*answer).struct_size as usize) < size_of::<Answer>() {
        return ARGUMENT;
    }
    (*answer).note = NOTE.text.as_ptr() as *const c_char;
    if (*offer).abi_min > ABI || (*offer).abi_max < ABI {
        (*answer).reason = c!("the plugin speaks ABI 0.1 only");
        return VERSION;
    }
    (*answer).abi = ABI;
    (*answer).plugin = &PLUGIN.0;
    OK
}
