//! A host with one device and two roles for unit tests: it writes down what it is asked for, and fails where the test
//! says. Buffers are bytes of this process, and commands do nothing but stay unfinished until somebody waits.

use std::cell::{Cell, RefCell};
use std::os::raw::{c_char, c_void};
use std::ptr::{null, null_mut};
use std::rc::Rc;
use std::sync::Mutex;

use crate::device::{Device, DeviceCore};
use crate::error::text_of;
use crate::host::Cycle;
use crate::raw::{self, sized};

/// Held by tests that meet failures of native functions, which are remembered for the process.
pub(crate) static NATIVE: Mutex<()> = Mutex::new(());

thread_local! {
    static CALLS: RefCell<Vec<&'static str>> = RefCell::new(Vec::new());
    static FAILS: Cell<(&'static str, i32)> = Cell::new(("", 0));
    static DEVICES: Cell<*const raw::bh_device_api_t> = Cell::new(null());
    static ROLES: Cell<*const raw::bh_host_roles_t> = Cell::new(null());
    static BYTES: RefCell<Box<[u64; 8]>> = RefCell::new(Box::new([0; 8]));
}

/// What was asked for since the last time, without what only looks.
pub(crate) fn calls() -> Vec<&'static str> {
    CALLS.with(|calls| calls.take())
}
/// From now on this function answers this.
pub(crate) fn fail(function: &'static str, status: i32) {
    FAILS.with(|fails| fails.set((function, status)))
}
fn noted(function: &'static str) -> i32 {
    CALLS.with(|calls| calls.borrow_mut().push(function));
    FAILS.with(|fails| if fails.get().0 == function { fails.get().1 } else { raw::BH_OK })
}
fn made<T>(function: &'static str, handle: usize, out: *mut *mut T) -> i32 {
    let status = noted(function);
    unsafe { *out = if status == raw::BH_OK { handle as *mut T } else { null_mut() } };
    status
}

unsafe extern "C" fn extension(_: *const raw::bh_host_t, id: *const c_char) -> *const c_void {
    match unsafe { text_of(id) } {
        raw::BH_EXT_DEVICE => DEVICES.with(|table| table.get().cast()),
        raw::BH_EXT_ROLES => ROLES.with(|table| table.get().cast()),
        _ => null(),
    }
}
unsafe extern "C" fn host_error(_: *const raw::bh_host_t) -> *const c_char {
    "the host says why\0".as_ptr().cast()
}
unsafe extern "C" fn host_fail(_: *const raw::bh_host_t, code: i32, text: *const c_char) -> i32 {
    assert!(!unsafe { text_of(text) }.is_empty());
    code
}
unsafe extern "C" fn log(_: *const raw::bh_host_t, _: u32, _: *const c_char) {
    noted("log");
}
unsafe extern "C" fn cancelled(_: *const raw::bh_host_t) -> u32 {
    u32::from(noted("cancelled") != 0)
}

unsafe extern "C" fn last_error(_: *const raw::bh_device_t) -> *const c_char {
    "the device says why\0".as_ptr().cast()
}
unsafe extern "C" fn cap(_: *const raw::bh_device_t, name: *const c_char, cap: *mut raw::bh_cap_t) -> i32 {
    let (ty, integer, text) = match unsafe { text_of(name) } {
        raw::BH_CAP_UNITS => (raw::BH_CAP_TYPE_INT, 8, "\0"),
        raw::BH_CAP_TIME_SPAN => (raw::BH_CAP_TYPE_BOOL, 1, "\0"),
        raw::BH_CAP_DIALECTS => (raw::BH_CAP_TYPE_WORDS, 0, "native opencl_c\0"),
        raw::BH_CAP_API_VERSION => (raw::BH_CAP_TYPE_VERSION, 300, "3.0.1\0"),
        raw::BH_CAP_KIND => (99, 0, "\0"),
        _ => return raw::BH_E_NOT_FOUND,
    };
    unsafe { *cap = raw::bh_cap_t { ty, integer, text: text.as_ptr().cast(), ..*cap } };
    raw::BH_OK
}
unsafe extern "C" fn main_queue(_: *const raw::bh_device_t) -> *mut raw::bh_queue_t {
    if noted("main_queue") == raw::BH_OK {
        1 as *mut raw::bh_queue_t
    } else {
        null_mut()
    }
}
unsafe extern "C" fn last_span(_: *const raw::bh_device_t, span: *mut raw::bh_span_t) -> i32 {
    let status = noted("last_span");
    if status == raw::BH_OK {
        unsafe {
            *span = raw::bh_span_t {
                flags: raw::BH_SPAN_DURATION | raw::BH_SPAN_GATED,
                duration_ns: 70,
                iterations: 7,
                ..*span
            }
        };
    }
    status
}
unsafe extern "C" fn queue_create(_: *const raw::bh_device_t, _: u32, out: *mut *mut raw::bh_queue_t) -> i32 {
    made("queue_create", 2, out)
}
unsafe extern "C" fn queue_destroy(_: *mut raw::bh_queue_t) {
    noted("queue_destroy");
}
unsafe extern "C" fn queue_finish(_: *mut raw::bh_queue_t) -> i32 {
    noted("queue_finish")
}
unsafe extern "C" fn queue_wait(_: *mut raw::bh_queue_t, _: *mut raw::bh_event_t) -> i32 {
    noted("queue_wait")
}
unsafe extern "C" fn buffer_create(
    _: *const raw::bh_device_t,
    _: *const raw::bh_buffer_desc_t,
    out: *mut *mut raw::bh_buffer_t,
) -> i32 {
    made("buffer_create", 3, out)
}
unsafe extern "C" fn buffer_view(_: *mut raw::bh_buffer_t, _: u64, _: u64, out: *mut *mut raw::bh_buffer_t) -> i32 {
    made("buffer_view", 4, out)
}
unsafe extern "C" fn buffer_destroy(buffer: *mut raw::bh_buffer_t) {
    noted(if buffer as usize == 4 { "view_destroy" } else { "buffer_destroy" });
}
unsafe extern "C" fn buffer_map(_: *mut raw::bh_buffer_t, _: u32, out: *mut *mut c_void) -> i32 {
    let bytes = BYTES.with(|bytes| bytes.borrow_mut().as_mut_ptr() as usize);
    // Off by one where the test asks for an address that is aligned to nothing.
    let off = FAILS.with(|fails| usize::from(fails.get().0 == "alignment"));
    made("buffer_map", bytes + off, out)
}
unsafe extern "C" fn buffer_unmap(_: *mut raw::bh_buffer_t) -> i32 {
    noted("buffer_unmap")
}
unsafe extern "C" fn write(
    _: *mut raw::bh_queue_t,
    _: *mut raw::bh_buffer_t,
    _: u64,
    _: *const c_void,
    _: u64,
    _: *mut raw::bh_event_t,
) -> i32 {
    noted("write")
}
unsafe extern "C" fn read(
    _: *mut raw::bh_queue_t,
    _: *mut raw::bh_buffer_t,
    _: u64,
    to: *mut c_void,
    size: u64,
    _: *mut raw::bh_event_t,
) -> i32 {
    unsafe { to.cast::<u8>().write_bytes(7, size as usize) };
    noted("read")
}
unsafe extern "C" fn copy(
    _: *mut raw::bh_queue_t,
    _: *mut raw::bh_buffer_t,
    _: u64,
    _: *mut raw::bh_buffer_t,
    _: u64,
    _: u64,
    _: *mut raw::bh_event_t,
) -> i32 {
    noted("copy")
}
unsafe extern "C" fn dispatch(
    _: *mut raw::bh_queue_t,
    _: *mut raw::bh_args_t,
    _: *const u32,
    _: *mut raw::bh_event_t,
) -> i32 {
    noted("dispatch")
}
unsafe extern "C" fn program_build(
    _: *const raw::bh_device_t,
    desc: *const raw::bh_program_desc_t,
    info: *mut raw::bh_build_info_t,
    out: *mut *mut raw::bh_program_t,
) -> i32 {
    let (sources, constants) = unsafe { ((*desc).sources, (*desc).constants) };
    assert_eq!((sources.count, constants.count), (3, 2));
    let (first, second) = unsafe { (*sources.items, *sources.items.add(1)) };
    assert_eq!(
        unsafe { (text_of(first.dialect), first.code.size_bytes, text_of(first.needs)) },
        ("opencl_c", 4, "software")
    );
    assert_eq!(
        unsafe { (text_of(second.dialect), second.code.size_bytes, text_of(second.entry)) },
        ("spirv_vulkan", 8, "main")
    );
    let constant = unsafe { *constants.items.add(1) };
    assert_eq!((constant.id, unsafe { *constant.value.cast::<f32>() }), (2, -1.5));
    unsafe {
        (*info).source_index = 1;
        (*info).log = "line 3: planted\0".as_ptr().cast();
    }
    made("program_build", 5, out)
}
unsafe extern "C" fn program_destroy(_: *mut raw::bh_program_t) {
    noted("program_destroy");
}
unsafe extern "C" fn args_create(
    _: *mut raw::bh_program_t,
    values: *const raw::bh_arg_t,
    count: u64,
    out: *mut *mut raw::bh_args_t,
) -> i32 {
    assert_eq!(count, 2);
    assert_eq!(unsafe { *(*values.add(1)).scalar.cast::<i32>() }, -2);
    made("args_create", 6, out)
}
unsafe extern "C" fn args_set(_: *mut raw::bh_args_t, _: u64, _: *const raw::bh_arg_t) -> i32 {
    noted("args_set")
}
unsafe extern "C" fn args_destroy(_: *mut raw::bh_args_t) {
    noted("args_destroy");
}
unsafe extern "C" fn event_create(_: *const raw::bh_device_t, _: u32, out: *mut *mut raw::bh_event_t) -> i32 {
    made("event_create", 7, out)
}
unsafe extern "C" fn event_poll(_: *mut raw::bh_event_t, done: *mut u32) -> i32 {
    unsafe { *done = 1 };
    noted("event_poll")
}
unsafe extern "C" fn event_times(_: *mut raw::bh_event_t, times: *mut raw::bh_event_times_t) -> i32 {
    unsafe {
        *times = raw::bh_event_times_t {
            valid: raw::BH_TIME_STARTED | raw::BH_TIME_ENDED,
            started_ns: 0,
            ended_ns: 9,
            ..*times
        }
    };
    noted("event_times")
}
unsafe extern "C" fn event_destroy(_: *mut raw::bh_event_t) {
    noted("event_destroy");
}

unsafe extern "C" fn count(_: *const raw::bh_host_t, role: u32) -> u32 {
    u32::from(role < 2)
}
unsafe extern "C" fn barrier(_: *const raw::bh_host_t, _: u64, timeout_ns: i64) -> i32 {
    assert!(timeout_ns == -1 || timeout_ns == 5_000_000);
    noted("barrier")
}
unsafe extern "C" fn share(_: *const raw::bh_host_t, _: *const c_char, size: u64, out: *mut *mut c_void) -> i32 {
    assert!(size <= 64);
    unsafe { buffer_map(null_mut(), 0, out) }
}
unsafe extern "C" fn fetch(_: *const raw::bh_host_t, key: *const c_char, data: *mut c_void, size: *mut u64) -> i32 {
    if unsafe { text_of(key) } != "port" {
        return raw::BH_E_NOT_FOUND;
    }
    unsafe {
        *data.cast::<u32>() = 8080;
        *size = 4;
    }
    raw::BH_OK
}
unsafe extern "C" fn peer(
    _: *const raw::bh_host_t,
    role: u32,
    _: u32,
    incarnation: *mut u32,
    since_ns: *mut i64,
) -> u32 {
    unsafe {
        *incarnation = 2;
        *since_ns = 100;
    }
    if role == 1 {
        raw::BH_MEMBER_DEAD
    } else {
        9
    }
}

pub(crate) fn host() -> raw::bh_host_t {
    raw::bh_host_t {
        extension: Some(extension),
        last_error: Some(host_error),
        fail: Some(host_fail),
        log: Some(log),
        cancelled: Some(cancelled),
        ..sized()
    }
}

/// Without the functions that a test leaves out.
pub(crate) fn devices() -> raw::bh_device_api_t {
    raw::bh_device_api_t {
        last_error: Some(last_error),
        cap: Some(cap),
        main_queue: Some(main_queue),
        last_span: Some(last_span),
        queue_create: Some(queue_create),
        queue_destroy: Some(queue_destroy),
        queue_finish: Some(queue_finish),
        queue_wait: Some(queue_wait),
        buffer_create: Some(buffer_create),
        buffer_view: Some(buffer_view),
        buffer_destroy: Some(buffer_destroy),
        buffer_map: Some(buffer_map),
        buffer_unmap: Some(buffer_unmap),
        write: Some(write),
        read: Some(read),
        copy: Some(copy),
        dispatch: Some(dispatch),
        program_build: Some(program_build),
        program_destroy: Some(program_destroy),
        args_create: Some(args_create),
        args_set: Some(args_set),
        args_destroy: Some(args_destroy),
        event_create: Some(event_create),
        event_poll: Some(event_poll),
        event_times: Some(event_times),
        event_destroy: Some(event_destroy),
        ..sized()
    }
}

pub(crate) fn roles() -> raw::bh_host_roles_t {
    raw::bh_host_roles_t {
        role: 1,
        member: 3,
        incarnation: 2,
        count: Some(count),
        barrier: Some(barrier),
        share: Some(share),
        fetch: Some(fetch),
        peer: Some(peer),
        ..sized()
    }
}

/// A cycle with these tables; they are kept for ever.
pub(crate) fn cycle(devices: Option<raw::bh_device_api_t>, roles: Option<raw::bh_host_roles_t>) -> Rc<Cycle> {
    DEVICES.with(|table| table.set(devices.map_or(null(), |it| Box::leak(Box::new(it)) as *const _)));
    ROLES.with(|table| table.set(roles.map_or(null(), |it| Box::leak(Box::new(it)) as *const _)));
    fail("", 0);
    calls();
    Cycle::begin(Box::leak(Box::new(host())))
}

pub(crate) fn device(cycle: &Rc<Cycle>) -> Device {
    let core = DeviceCore::open(cycle, 9 as *const raw::bh_device_t).expect("the fake has a device");
    calls();
    Device::new(core).expect("and a main queue")
}
