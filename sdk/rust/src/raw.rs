// Generated from layout.tsv by layout/make_rust.py: do not edit.
//! The C interface as it is: structs, functions behind them, and constants. `benchhost/*.h` is their contract.
#![allow(non_camel_case_types)]

use std::mem::size_of;
use std::os::raw::{c_char, c_void};

/// A struct that begins with its own size.
///
/// # Safety
/// The first member is a `u32` called `struct_size`, and a value of zeroes is one.
pub unsafe trait Growing: Copy {}

/// A value of zeroes with its size filled in, as BH_STRUCT does it.
pub fn sized<T: Growing>() -> T {
    let mut value = std::mem::MaybeUninit::<T>::zeroed();
    // Sound by the contract of Growing.
    unsafe {
        *(value.as_mut_ptr() as *mut u32) = size_of::<T>() as u32;
        value.assume_init()
    }
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_bytes_t {
    pub data: *const c_void,
    pub size_bytes: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_value_t {
    pub ty: u32,
    pub count: u32,
    pub i: i64,
    pub u: u64,
    pub f: f64,
    pub s: *const c_char,
    pub items: *const bh_value_t,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_value_list_t {
    pub items: *const bh_value_t,
    pub count: u32,
    pub stride: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_param_t {
    pub struct_size: u32,
    pub ty: u32,
    pub flags: u32,
    pub sweep: u32,
    pub name: *const c_char,
    pub unit: *const c_char,
    pub description: *const c_char,
    pub constraint: *const c_char,
    pub default_value: bh_value_t,
    pub minimum: bh_value_t,
    pub maximum: bh_value_t,
    pub choices: bh_value_list_t,
    pub sweep_values: bh_value_list_t,
    pub sweep_first: bh_value_t,
    pub sweep_last: bh_value_t,
    pub sweep_step: bh_value_t,
    pub sweep_per_octave: u32,
    pub min_count: u32,
    pub max_count: u32,
    pub reserved: u32,
}
unsafe impl Growing for bh_param_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_param_list_t {
    pub items: *const bh_param_t,
    pub count: u32,
    pub stride: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_metric_t {
    pub struct_size: u32,
    pub kind: u32,
    pub direction: u32,
    pub domain: u32,
    pub flags: u32,
    pub reserved: u32,
    pub id: *const c_char,
    pub title: *const c_char,
    pub unit: *const c_char,
    pub description: *const c_char,
    pub work: *const c_char,
    pub statistic: *const c_char,
    pub source: *const c_char,
    pub noise_floor_ratio: f64,
    pub target: f64,
}
unsafe impl Growing for bh_metric_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_metric_list_t {
    pub items: *const bh_metric_t,
    pub count: u32,
    pub stride: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_work_t {
    pub key: *const c_char,
    pub amount: f64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_summary_t {
    pub struct_size: u32,
    pub kind: u32,
    pub direction: u32,
    pub metric: u32,
    pub parameter: u32,
    pub basis: u32,
    pub id: *const c_char,
    pub title: *const c_char,
    pub unit: *const c_char,
    pub description: *const c_char,
    pub limit: *const c_char,
}
unsafe impl Growing for bh_summary_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_summary_list_t {
    pub items: *const bh_summary_t,
    pub count: u32,
    pub stride: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_create_t {
    pub struct_size: u32,
    pub setting_count: u32,
    pub settings: *const bh_value_t,
    pub benchmark: *const c_char,
    pub input: *const c_char,
    pub content_digest: *const c_char,
}
unsafe impl Growing for bh_create_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_prepare_t {
    pub struct_size: u32,
    pub value_count: u32,
    pub values: *const bh_value_t,
    pub devices: *const *const bh_device_t,
    pub device_count: u32,
    pub reserved: u32,
    pub seed: u64,
}
unsafe impl Growing for bh_prepare_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_batch_t {
    pub struct_size: u32,
    pub flags: u32,
    pub n: u64,
    pub index: u64,
}
unsafe impl Growing for bh_batch_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_verdict_t {
    pub struct_size: u32,
    pub reserved: u32,
    pub checked: u64,
    pub error: f64,
    pub tolerance: f64,
    pub what: *const c_char,
}
unsafe impl Growing for bh_verdict_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_lifecycle_t {
    pub struct_size: u32,
    pub reserved: u32,
    pub create: Option<unsafe extern "C" fn(host: *const bh_host_t, args: *const bh_create_t, this: *mut *mut c_void) -> i32>,
    pub prepare: Option<unsafe extern "C" fn(this: *mut c_void, args: *const bh_prepare_t) -> i32>,
    pub prepare_batch: Option<unsafe extern "C" fn(this: *mut c_void, batch: *const bh_batch_t) -> i32>,
    pub run: Option<unsafe extern "C" fn(this: *mut c_void, batch: *const bh_batch_t) -> i32>,
    pub finish_batch: Option<unsafe extern "C" fn(this: *mut c_void, batch: *const bh_batch_t) -> i32>,
    pub verify: Option<unsafe extern "C" fn(this: *mut c_void, verdict: *mut bh_verdict_t) -> i32>,
    pub process: Option<unsafe extern "C" fn(this: *mut c_void) -> i32>,
    pub teardown: Option<unsafe extern "C" fn(this: *mut c_void) -> i32>,
    pub destroy: Option<unsafe extern "C" fn(this: *mut c_void)>,
}
unsafe impl Growing for bh_lifecycle_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_slot_t {
    pub struct_size: u32,
    pub flags: u32,
    pub id: *const c_char,
    pub requirement: *const c_char,
    pub description: *const c_char,
}
unsafe impl Growing for bh_slot_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_slot_list_t {
    pub items: *const bh_slot_t,
    pub count: u32,
    pub stride: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_benchmark_t {
    pub struct_size: u32,
    pub category: u32,
    pub flags: u32,
    pub batch: u32,
    pub batch_min: u64,
    pub batch_max: u64,
    pub workload_revision: u64,
    pub id: *const c_char,
    pub title: *const c_char,
    pub description: *const c_char,
    pub tags: *const c_char,
    pub requirement: *const c_char,
    pub claim_cores: *const c_char,
    pub claim_memory_bytes: *const c_char,
    pub claim_seconds: *const c_char,
    pub slots: bh_slot_list_t,
    pub parameters: bh_param_list_t,
    pub metrics: bh_metric_list_t,
    pub summaries: bh_summary_list_t,
    pub lifecycle: *const bh_lifecycle_t,
}
unsafe impl Growing for bh_benchmark_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_case_t {
    pub struct_size: u32,
    pub benchmark: u32,
    pub input: *const c_char,
    pub content_digest: *const c_char,
    pub title: *const c_char,
    pub values: *const bh_value_t,
    pub value_count: u32,
    pub reserved: u32,
}
unsafe impl Growing for bh_case_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_enumerate_t {
    pub struct_size: u32,
    pub setting_count: u32,
    pub settings: *const bh_value_t,
    pub add: Option<unsafe extern "C" fn(sink: *const bh_enumerate_t, found: *const bh_case_t) -> i32>,
}
unsafe impl Growing for bh_enumerate_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_plugin_t {
    pub struct_size: u32,
    pub own_threads: u32,
    pub flags: u32,
    pub reserved: u32,
    pub benchmark: Option<unsafe extern "C" fn(index: u32) -> *const bh_benchmark_t>,
    pub enumerate: Option<unsafe extern "C" fn(host: *const bh_host_t, args: *const bh_enumerate_t) -> i32>,
    pub extension: Option<unsafe extern "C" fn(id: *const c_char) -> *const c_void>,
    pub settings: bh_param_list_t,
}
unsafe impl Growing for bh_plugin_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_offer_t {
    pub struct_size: u32,
    pub abi_min: u32,
    pub abi_max: u32,
    pub reserved: u32,
    pub host_name: *const c_char,
    pub host_version: *const c_char,
}
unsafe impl Growing for bh_offer_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_answer_t {
    pub struct_size: u32,
    pub abi: u32,
    pub plugin: *const bh_plugin_t,
    pub note: *const c_char,
    pub reason: *const c_char,
}
unsafe impl Growing for bh_answer_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_memory_t {
    pub struct_size: u32,
    pub flags: u32,
    pub size_bytes: u64,
    pub alignment_bytes: u64,
    pub node: i32,
    pub reserved: u32,
    pub page_bytes: u64,
    pub data: *mut c_void,
}
unsafe impl Growing for bh_memory_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_team_request_t {
    pub struct_size: u32,
    pub count: u32,
    pub pin: u32,
    pub reserved: u32,
}
unsafe impl Growing for bh_team_request_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_recorder_request_t {
    pub struct_size: u32,
    pub metric: u32,
    pub mode: u32,
    pub index: u32,
    pub capacity: u64,
}
unsafe impl Growing for bh_recorder_request_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_host_t {
    pub struct_size: u32,
    pub abi: u32,
    pub asset_dir: *const c_char,
    pub scratch_dir: *const c_char,
    pub extension: Option<unsafe extern "C" fn(host: *const bh_host_t, id: *const c_char) -> *const c_void>,
    pub log: Option<unsafe extern "C" fn(host: *const bh_host_t, level: u32, text: *const c_char)>,
    pub fail: Option<unsafe extern "C" fn(host: *const bh_host_t, code: i32, text: *const c_char) -> i32>,
    pub last_error: Option<unsafe extern "C" fn(host: *const bh_host_t) -> *const c_char>,
    pub cancelled: Option<unsafe extern "C" fn(host: *const bh_host_t) -> u32>,
    pub progress: Option<unsafe extern "C" fn(host: *const bh_host_t, done: u64, total: u64, text: *const c_char)>,
    pub now_ns: Option<unsafe extern "C" fn(host: *const bh_host_t) -> i64>,
    pub sleep_until: Option<unsafe extern "C" fn(host: *const bh_host_t, until_ns: i64) -> i64>,
    pub work: Option<unsafe extern "C" fn(host: *const bh_host_t, items: *const bh_work_t, count: u32) -> i32>,
    pub metric_declare: Option<unsafe extern "C" fn(host: *const bh_host_t, metric: *const bh_metric_t, index: *mut u32) -> i32>,
    pub report: Option<unsafe extern "C" fn(host: *const bh_host_t, metric: u32, value: f64) -> i32>,
    pub report_rate: Option<unsafe extern "C" fn(host: *const bh_host_t, metric: u32, amount: f64, duration_ns: f64) -> i32>,
    pub report_labelled: Option<unsafe extern "C" fn(host: *const bh_host_t, metric: u32, label: *const c_char, value: f64) -> i32>,
    pub withhold: Option<unsafe extern "C" fn(host: *const bh_host_t, metric: u32, reason: *const c_char) -> i32>,
    pub recorder_open: Option<unsafe extern "C" fn(host: *const bh_host_t, request: *const bh_recorder_request_t, out: *mut *mut bh_recorder_t) -> i32>,
    pub record: Option<unsafe extern "C" fn(recorder: *mut bh_recorder_t, value: i64)>,
    pub random_fill: Option<unsafe extern "C" fn(host: *const bh_host_t, stream: u64, offset_bytes: u64, data: *mut c_void, size_bytes: u64)>,
    pub memory_take: Option<unsafe extern "C" fn(host: *const bh_host_t, memory: *mut bh_memory_t) -> i32>,
    pub memory_free: Option<unsafe extern "C" fn(host: *const bh_host_t, data: *mut c_void)>,
    pub team_open: Option<unsafe extern "C" fn(host: *const bh_host_t, request: *const bh_team_request_t, out: *mut *mut bh_team_t) -> i32>,
    pub team_run: Option<unsafe extern "C" fn(team: *mut bh_team_t, function: bh_team_function_t, argument: *mut c_void)>,
    pub team_barrier: Option<unsafe extern "C" fn(team: *mut bh_team_t)>,
    pub team_cpu: Option<unsafe extern "C" fn(team: *const bh_team_t, index: u32) -> i32>,
    pub attach: Option<unsafe extern "C" fn(host: *const bh_host_t, name: *const c_char, media_type: *const c_char, data: *const c_void, size_bytes: u64) -> i32>,
}
unsafe impl Growing for bh_host_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_role_t {
    pub struct_size: u32,
    pub flags: u32,
    pub id: *const c_char,
    pub description: *const c_char,
    pub count: *const c_char,
    pub claim_cores: *const c_char,
}
unsafe impl Growing for bh_role_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_plugin_roles_t {
    pub struct_size: u32,
    pub reserved: u32,
    pub role: Option<unsafe extern "C" fn(benchmark: *const c_char, index: u32) -> *const bh_role_t>,
}
unsafe impl Growing for bh_plugin_roles_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_host_roles_t {
    pub struct_size: u32,
    pub role: u32,
    pub member: u32,
    pub incarnation: u32,
    pub count: Option<unsafe extern "C" fn(host: *const bh_host_t, role: u32) -> u32>,
    pub stop: Option<unsafe extern "C" fn(host: *const bh_host_t) -> u32>,
    pub barrier: Option<unsafe extern "C" fn(host: *const bh_host_t, generation: u64, timeout_ns: i64) -> i32>,
    pub share: Option<unsafe extern "C" fn(host: *const bh_host_t, key: *const c_char, size_bytes: u64, data: *mut *mut c_void) -> i32>,
    pub post: Option<unsafe extern "C" fn(host: *const bh_host_t, key: *const c_char, data: *const c_void, size_bytes: u64) -> i32>,
    pub fetch: Option<unsafe extern "C" fn(host: *const bh_host_t, key: *const c_char, data: *mut c_void, size_bytes: *mut u64) -> i32>,
    pub kill: Option<unsafe extern "C" fn(host: *const bh_host_t, role: u32, member: u32, killed_ns: *mut i64) -> i32>,
    pub peer: Option<unsafe extern "C" fn(host: *const bh_host_t, role: u32, member: u32, incarnation: *mut u32, since_ns: *mut i64) -> u32>,
}
unsafe impl Growing for bh_host_roles_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_cap_t {
    pub struct_size: u32,
    pub ty: u32,
    pub provenance: u32,
    pub reserved: u32,
    pub integer: i64,
    pub number: f64,
    pub name: *const c_char,
    pub text: *const c_char,
}
unsafe impl Growing for bh_cap_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_cap_list_t {
    pub items: *const bh_cap_t,
    pub count: u32,
    pub stride: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_buffer_desc_t {
    pub struct_size: u32,
    pub kind: u32,
    pub size_bytes: u64,
    pub host_pointer: *mut c_void,
    pub host_access: u32,
    pub flags: u32,
}
unsafe impl Growing for bh_buffer_desc_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_native_range_t {
    pub struct_size: u32,
    pub worker_index: u32,
    pub worker_count: u32,
    pub reserved: u32,
    pub begin: [u32; 3],
    pub end: [u32; 3],
    pub groups: [u32; 3],
    pub group_size: [u32; 3],
}
unsafe impl Growing for bh_native_range_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_native_args_t {
    pub struct_size: u32,
    pub value_count: u32,
    pub values: *const *mut c_void,
    pub constants: *const *const c_void,
    pub constant_count: u32,
    pub reserved: u32,
}
unsafe impl Growing for bh_native_args_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_source_t {
    pub struct_size: u32,
    pub reserved: u32,
    pub dialect: *const c_char,
    pub entry: *const c_char,
    pub needs: *const c_char,
    pub code: bh_bytes_t,
    pub native: bh_native_fn_t,
}
unsafe impl Growing for bh_source_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_constant_t {
    pub struct_size: u32,
    pub ty: u32,
    pub name: *const c_char,
    pub value: *const c_void,
    pub id: u32,
    pub reserved: u32,
}
unsafe impl Growing for bh_constant_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_source_list_t {
    pub items: *const bh_source_t,
    pub count: u32,
    pub stride: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_constant_list_t {
    pub items: *const bh_constant_t,
    pub count: u32,
    pub stride: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_program_desc_t {
    pub struct_size: u32,
    pub flags: u32,
    pub name: *const c_char,
    pub sources: bh_source_list_t,
    pub constants: bh_constant_list_t,
    pub arg_types: *const u32,
    pub arg_count: u32,
    pub group_size: [u32; 3],
}
unsafe impl Growing for bh_program_desc_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_build_info_t {
    pub struct_size: u32,
    pub flags: u32,
    pub source_index: u32,
    pub group_items_max: u32,
    pub build_ns: i64,
    pub log: *const c_char,
}
unsafe impl Growing for bh_build_info_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_arg_t {
    pub buffer: *mut bh_buffer_t,
    pub scalar: *const c_void,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_event_times_t {
    pub struct_size: u32,
    pub valid: u32,
    pub queued_ns: i64,
    pub submitted_ns: i64,
    pub started_ns: i64,
    pub ended_ns: i64,
    pub step_ns: i64,
}
unsafe impl Growing for bh_event_times_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_span_t {
    pub struct_size: u32,
    pub flags: u32,
    pub duration_ns: i64,
    pub step_ns: i64,
    pub iterations: u64,
    pub commands: u64,
}
unsafe impl Growing for bh_span_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_device_api_t {
    pub struct_size: u32,
    pub reserved: u32,
    pub last_error: Option<unsafe extern "C" fn(device: *const bh_device_t) -> *const c_char>,
    pub cap: Option<unsafe extern "C" fn(device: *const bh_device_t, name: *const c_char, cap: *mut bh_cap_t) -> i32>,
    pub extension: Option<unsafe extern "C" fn(device: *const bh_device_t, id: *const c_char) -> *const c_void>,
    pub main_queue: Option<unsafe extern "C" fn(device: *const bh_device_t) -> *mut bh_queue_t>,
    pub last_span: Option<unsafe extern "C" fn(device: *const bh_device_t, span: *mut bh_span_t) -> i32>,
    pub queue_create: Option<unsafe extern "C" fn(device: *const bh_device_t, flags: u32, queue: *mut *mut bh_queue_t) -> i32>,
    pub queue_destroy: Option<unsafe extern "C" fn(queue: *mut bh_queue_t)>,
    pub queue_flush: Option<unsafe extern "C" fn(queue: *mut bh_queue_t) -> i32>,
    pub queue_finish: Option<unsafe extern "C" fn(queue: *mut bh_queue_t) -> i32>,
    pub queue_wait: Option<unsafe extern "C" fn(queue: *mut bh_queue_t, event: *mut bh_event_t) -> i32>,
    pub buffer_create: Option<unsafe extern "C" fn(device: *const bh_device_t, desc: *const bh_buffer_desc_t, buffer: *mut *mut bh_buffer_t) -> i32>,
    pub buffer_view: Option<unsafe extern "C" fn(parent: *mut bh_buffer_t, offset_bytes: u64, size_bytes: u64, view: *mut *mut bh_buffer_t) -> i32>,
    pub buffer_destroy: Option<unsafe extern "C" fn(buffer: *mut bh_buffer_t)>,
    pub buffer_map: Option<unsafe extern "C" fn(buffer: *mut bh_buffer_t, access: u32, pointer: *mut *mut c_void) -> i32>,
    pub buffer_unmap: Option<unsafe extern "C" fn(buffer: *mut bh_buffer_t) -> i32>,
    pub write: Option<unsafe extern "C" fn(queue: *mut bh_queue_t, buffer: *mut bh_buffer_t, offset_bytes: u64, source: *const c_void, size_bytes: u64, event: *mut bh_event_t) -> i32>,
    pub read: Option<unsafe extern "C" fn(queue: *mut bh_queue_t, buffer: *mut bh_buffer_t, offset_bytes: u64, target: *mut c_void, size_bytes: u64, event: *mut bh_event_t) -> i32>,
    pub copy: Option<unsafe extern "C" fn(queue: *mut bh_queue_t, from: *mut bh_buffer_t, from_offset_bytes: u64, to: *mut bh_buffer_t, to_offset_bytes: u64, size_bytes: u64, event: *mut bh_event_t) -> i32>,
    pub fill: Option<unsafe extern "C" fn(queue: *mut bh_queue_t, buffer: *mut bh_buffer_t, offset_bytes: u64, size_bytes: u64, pattern: u32, event: *mut bh_event_t) -> i32>,
    pub dispatch: Option<unsafe extern "C" fn(queue: *mut bh_queue_t, args: *mut bh_args_t, groups: *const u32, event: *mut bh_event_t) -> i32>,
    pub program_build: Option<unsafe extern "C" fn(device: *const bh_device_t, desc: *const bh_program_desc_t, info: *mut bh_build_info_t, program: *mut *mut bh_program_t) -> i32>,
    pub program_destroy: Option<unsafe extern "C" fn(program: *mut bh_program_t)>,
    pub args_create: Option<unsafe extern "C" fn(program: *mut bh_program_t, values: *const bh_arg_t, count: u64, args: *mut *mut bh_args_t) -> i32>,
    pub args_set: Option<unsafe extern "C" fn(args: *mut bh_args_t, index: u64, value: *const bh_arg_t) -> i32>,
    pub args_destroy: Option<unsafe extern "C" fn(args: *mut bh_args_t)>,
    pub event_create: Option<unsafe extern "C" fn(device: *const bh_device_t, flags: u32, event: *mut *mut bh_event_t) -> i32>,
    pub event_wait: Option<unsafe extern "C" fn(event: *mut bh_event_t) -> i32>,
    pub event_poll: Option<unsafe extern "C" fn(event: *mut bh_event_t, done: *mut u32) -> i32>,
    pub event_times: Option<unsafe extern "C" fn(event: *mut bh_event_t, times: *mut bh_event_times_t) -> i32>,
    pub event_destroy: Option<unsafe extern "C" fn(event: *mut bh_event_t)>,
    pub native: Option<unsafe extern "C" fn(device: *const bh_device_t, object_kind: u32, object: *const c_void, ty: *const c_char, value: *mut u64) -> i32>,
}
unsafe impl Growing for bh_device_api_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_graph_api_t {
    pub struct_size: u32,
    pub reserved: u32,
    pub begin: Option<unsafe extern "C" fn(queue: *mut bh_queue_t) -> i32>,
    pub end: Option<unsafe extern "C" fn(queue: *mut bh_queue_t, graph: *mut *mut bh_graph_t) -> i32>,
    pub launch: Option<unsafe extern "C" fn(queue: *mut bh_queue_t, graph: *mut bh_graph_t, event: *mut bh_event_t) -> i32>,
    pub destroy: Option<unsafe extern "C" fn(graph: *mut bh_graph_t)>,
}
unsafe impl Growing for bh_graph_api_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_peer_api_t {
    pub struct_size: u32,
    pub reserved: u32,
    pub path: Option<unsafe extern "C" fn(from: *const bh_device_t, to: *const bh_device_t, flags: *mut u32) -> i32>,
    pub copy: Option<unsafe extern "C" fn(queue: *mut bh_queue_t, from: *mut bh_buffer_t, from_offset_bytes: u64, to: *mut bh_buffer_t, to_offset_bytes: u64, size_bytes: u64, event: *mut bh_event_t) -> i32>,
    pub wait: Option<unsafe extern "C" fn(queue: *mut bh_queue_t, event: *mut bh_event_t) -> i32>,
}
unsafe impl Growing for bh_peer_api_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_reading_t {
    pub struct_size: u32,
    pub reserved: u32,
    pub time_ns: i64,
    pub value: f64,
}
unsafe impl Growing for bh_reading_t {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bh_telemetry_api_t {
    pub struct_size: u32,
    pub reserved: u32,
    pub name: Option<unsafe extern "C" fn(device: *const bh_device_t, index: u32) -> *const c_char>,
    pub latest: Option<unsafe extern "C" fn(device: *const bh_device_t, index: u32, reading: *mut bh_reading_t) -> i32>,
}
unsafe impl Growing for bh_telemetry_api_t {}

// ---- Functions and handles

pub type bh_team_function_t = Option<unsafe extern "C" fn(argument: *mut c_void, index: u32)>;
pub type bh_native_fn_t = Option<unsafe extern "C" fn(range: *const bh_native_range_t, args: *const bh_native_args_t)>;

#[repr(C)]
pub struct bh_args_t {
    _opaque: [u8; 0],
}

#[repr(C)]
pub struct bh_buffer_t {
    _opaque: [u8; 0],
}

#[repr(C)]
pub struct bh_device_t {
    _opaque: [u8; 0],
}

#[repr(C)]
pub struct bh_event_t {
    _opaque: [u8; 0],
}

#[repr(C)]
pub struct bh_graph_t {
    _opaque: [u8; 0],
}

#[repr(C)]
pub struct bh_program_t {
    _opaque: [u8; 0],
}

#[repr(C)]
pub struct bh_queue_t {
    _opaque: [u8; 0],
}

#[repr(C)]
pub struct bh_recorder_t {
    _opaque: [u8; 0],
}

#[repr(C)]
pub struct bh_team_t {
    _opaque: [u8; 0],
}

// ---- Constants

pub const BH_ABI_MAJOR: u32 = 0;
pub const BH_ABI_MINOR: u32 = 1;
pub const BH_ACCESS_READ: u32 = 1;
pub const BH_ACCESS_READ_WRITE: u32 = 3;
pub const BH_ACCESS_WRITE: u32 = 2;
pub const BH_ARG_BUFFER_READ: u32 = 1;
pub const BH_ARG_BUFFER_READ_WRITE: u32 = 3;
pub const BH_ARG_BUFFER_WRITE: u32 = 2;
pub const BH_BASIS_LINEAR: u32 = 0;
pub const BH_BASIS_LOG: u32 = 1;
pub const BH_BASIS_N_LOG_N: u32 = 2;
pub const BH_BASIS_SQUARE: u32 = 3;
pub const BH_BATCH_COLD: u32 = 1;
pub const BH_BATCH_HOT: u32 = 0;
pub const BH_BATCH_ONCE: u32 = 2;
pub const BH_BENCHMARK_ENUMERATED: u32 = 16;
pub const BH_BENCHMARK_EXCLUSIVE: u32 = 4;
pub const BH_BENCHMARK_FRESH_PROCESS: u32 = 2;
pub const BH_BENCHMARK_NULL: u32 = 1;
pub const BH_BENCHMARK_SPAWNS: u32 = 8;
pub const BH_BUFFER_COMMIT: u32 = 1;
pub const BH_BUFFER_DEVICE: u32 = 1;
pub const BH_BUFFER_IMPORTED: u32 = 4;
pub const BH_BUFFER_MAPPED: u32 = 3;
pub const BH_BUFFER_PINNED: u32 = 2;
pub const BH_BUILD_FAST_MATH: u32 = 2;
pub const BH_BUILD_NO_CACHE: u32 = 1;
pub const BH_BUILT_FROM_CACHE: u32 = 1;
pub const BH_BUILT_LAZILY: u32 = 2;
pub const BH_CAP_API_VERSION: &str = "api.version";
pub const BH_CAP_ARG_BUFFERS: &str = "args.buffers_max";
pub const BH_CAP_ARG_BYTES: &str = "args.bytes_max";
pub const BH_CAP_CACHE_L1: &str = "cache.l1.bytes";
pub const BH_CAP_CACHE_L2: &str = "cache.l2.bytes";
pub const BH_CAP_CACHE_LAST: &str = "cache.last.bytes";
pub const BH_CAP_CACHE_LINE: &str = "cache.line.bytes";
pub const BH_CAP_CLASS: &str = "class";
pub const BH_CAP_CLOCK_HZ: &str = "clock.hz";
pub const BH_CAP_DIALECTS: &str = "dialects";
pub const BH_CAP_DRIVER_NAME: &str = "driver.name";
pub const BH_CAP_DRIVER_VERSION: &str = "driver.version";
pub const BH_CAP_EXTENSIONS: &str = "extensions";
pub const BH_CAP_FEATURES: &str = "features";
pub const BH_CAP_FIRMWARE: &str = "firmware.version";
pub const BH_CAP_GRID_X: &str = "grid.x_max";
pub const BH_CAP_GRID_Y: &str = "grid.y_max";
pub const BH_CAP_GRID_Z: &str = "grid.z_max";
pub const BH_CAP_GROUP_ITEMS: &str = "group.items_max";
pub const BH_CAP_GROUP_X: &str = "group.x_max";
pub const BH_CAP_GROUP_Y: &str = "group.y_max";
pub const BH_CAP_GROUP_Z: &str = "group.z_max";
pub const BH_CAP_ISA: &str = "isa";
pub const BH_CAP_KIND: &str = "kind";
pub const BH_CAP_LANES: &str = "lanes";
pub const BH_CAP_LOCAL_BYTES: &str = "local.bytes";
pub const BH_CAP_MATRIX: &str = "matrix.shapes";
pub const BH_CAP_MEM_BUFFER: &str = "mem.buffer.bytes_max";
pub const BH_CAP_MEM_BUS_BITS: &str = "mem.bus.bits";
pub const BH_CAP_MEM_BYTES: &str = "mem.bytes";
pub const BH_CAP_MEM_CLOCK_HZ: &str = "mem.clock.hz";
pub const BH_CAP_MEM_COMMIT: &str = "mem.commit";
pub const BH_CAP_MEM_COPY_ALIGN: &str = "mem.copy.align.bytes";
pub const BH_CAP_MEM_HOST_ALIGN: &str = "mem.import.align.bytes";
pub const BH_CAP_MEM_KINDS: &str = "mem.kinds";
pub const BH_CAP_MEM_PATHS: &str = "mem.paths";
pub const BH_CAP_MEM_SUB_ALIGN: &str = "mem.sub.align.bytes";
pub const BH_CAP_MEM_UNIFIED: &str = "mem.unified";
pub const BH_CAP_MODEL: &str = "model";
pub const BH_CAP_NAME: &str = "name";
pub const BH_CAP_NUMA_NODE: &str = "numa.node";
pub const BH_CAP_OPENCL_C: &str = "opencl_c.version";
pub const BH_CAP_PCI_ADDRESS: &str = "pci.address";
pub const BH_CAP_PCI_ID: &str = "pci.id";
pub const BH_CAP_PEAK_FP16: &str = "peak.fp16";
pub const BH_CAP_PEAK_FP32: &str = "peak.fp32";
pub const BH_CAP_PEAK_FP64: &str = "peak.fp64";
pub const BH_CAP_PEAK_MEM: &str = "peak.mem";
pub const BH_CAP_PEERS: &str = "peers";
pub const BH_CAP_QUEUES: &str = "queue.parallel";
pub const BH_CAP_QUEUE_DEPTH: &str = "queue.depth";
pub const BH_CAP_SIMULATED: &str = "simulated";
pub const BH_CAP_SOFTWARE: &str = "software";
pub const BH_CAP_SPIRV: &str = "spirv.version";
pub const BH_CAP_STORAGE_TYPES: &str = "storage_types";
pub const BH_CAP_SUBGROUPS: &str = "subgroup.sizes";
pub const BH_CAP_TIME_EVENT: &str = "time.event";
pub const BH_CAP_TIME_GATE: &str = "time.gate";
pub const BH_CAP_TIME_SPAN: &str = "time.span";
pub const BH_CAP_TIME_SPAN_KIND: &str = "time.span_kind";
pub const BH_CAP_TIME_STEP: &str = "time.step.ns";
pub const BH_CAP_TYPES: &str = "types";
pub const BH_CAP_TYPE_BOOL: u32 = 3;
pub const BH_CAP_TYPE_INT: u32 = 1;
pub const BH_CAP_TYPE_NUMBER: u32 = 2;
pub const BH_CAP_TYPE_STRING: u32 = 4;
pub const BH_CAP_TYPE_VERSION: u32 = 5;
pub const BH_CAP_TYPE_WORDS: u32 = 6;
pub const BH_CAP_UNITS: &str = "units";
pub const BH_CAP_UUID: &str = "uuid";
pub const BH_CAP_VENDOR: &str = "vendor";
pub const BH_CATEGORY_HARDWARE: u32 = 1;
pub const BH_CATEGORY_HOST: u32 = 4;
pub const BH_CATEGORY_MODEL: u32 = 2;
pub const BH_CATEGORY_OTHER: u32 = 0;
pub const BH_CATEGORY_POOL: u32 = 3;
pub const BH_DIALECT_CUDA_C: &str = "cuda_c";
pub const BH_DIALECT_NATIVE: &str = "native";
pub const BH_DIALECT_OPENCL_C: &str = "opencl_c";
pub const BH_DIALECT_SPIRV_OPENCL: &str = "spirv_opencl";
pub const BH_DIALECT_SPIRV_VULKAN: &str = "spirv_vulkan";
pub const BH_DIALECT_WGSL: &str = "wgsl";
pub const BH_DIRECTION_HIGHER: u32 = 2;
pub const BH_DIRECTION_LOWER: u32 = 1;
pub const BH_DIRECTION_NONE: u32 = 0;
pub const BH_DIRECTION_TARGET: u32 = 3;
pub const BH_DOMAIN_HOST: u32 = 1;
pub const BH_DOMAIN_NONE: u32 = 0;
pub const BH_DOMAIN_QUEUE: u32 = 2;
pub const BH_DOMAIN_SELF: u32 = 3;
pub const BH_ENTRY_NAME: &str = "bh_plugin_entry";
pub const BH_EVENT_TIMES: u32 = 1;
pub const BH_EXPR_MACHINE_ARCH: &str = "machine.arch";
pub const BH_EXPR_MACHINE_CAN: &str = "machine.can";
pub const BH_EXPR_MACHINE_CORES: &str = "machine.cores";
pub const BH_EXPR_MACHINE_ISA: &str = "machine.isa";
pub const BH_EXPR_MACHINE_MEMORY_BYTES: &str = "machine.memory_bytes";
pub const BH_EXPR_MACHINE_NODES: &str = "machine.nodes";
pub const BH_EXPR_MACHINE_OS: &str = "machine.os";
pub const BH_EXPR_MACHINE_PAGE_BYTES: &str = "machine.page_bytes";
pub const BH_EXPR_MACHINE_THREADS: &str = "machine.threads";
pub const BH_EXT_DEVICE: &str = "benchhost.device/1";
pub const BH_EXT_GRAPH: &str = "benchhost.graph/1";
pub const BH_EXT_PEER: &str = "benchhost.peer/1";
pub const BH_EXT_ROLES: &str = "benchhost.roles/1";
pub const BH_EXT_TELEMETRY: &str = "benchhost.telemetry/1";
pub const BH_E_ARGUMENT: i32 = -2;
pub const BH_E_CANCELLED: i32 = -10;
pub const BH_E_CRASHED: i32 = -14;
pub const BH_E_DEVICE: i32 = -12;
pub const BH_E_FAILED: i32 = -1;
pub const BH_E_IO: i32 = -11;
pub const BH_E_MISMATCH: i32 = -13;
pub const BH_E_NOT_FOUND: i32 = -6;
pub const BH_E_NO_MEMORY: i32 = -7;
pub const BH_E_STATE: i32 = -3;
pub const BH_E_TIMEOUT: i32 = -9;
pub const BH_E_TOO_SMALL: i32 = -8;
pub const BH_E_UNSUPPORTED: i32 = -5;
pub const BH_E_VERSION: i32 = -4;
pub const BH_FAULT_CALL: u32 = 1;
pub const BH_FAULT_DEVICE: u32 = 3;
pub const BH_FAULT_MACHINE: u32 = 5;
pub const BH_FAULT_PROCESS: u32 = 4;
pub const BH_FAULT_RETRY: u32 = 2;
pub const BH_FROM_DRIVER: u32 = 1;
pub const BH_FROM_FORMULA: u32 = 2;
pub const BH_FROM_MEASURED: u32 = 4;
pub const BH_FROM_TABLE: u32 = 3;
pub const BH_GROUP_X_ID: u32 = 1000;
pub const BH_GROUP_X_NAME: &str = "BH_GROUP_X";
pub const BH_GROUP_Y_ID: u32 = 1001;
pub const BH_GROUP_Y_NAME: &str = "BH_GROUP_Y";
pub const BH_GROUP_Z_ID: u32 = 1002;
pub const BH_GROUP_Z_NAME: &str = "BH_GROUP_Z";
pub const BH_KIND_BYTES: u32 = 3;
pub const BH_KIND_COUNT: u32 = 9;
pub const BH_KIND_ENERGY: u32 = 4;
pub const BH_KIND_FREQUENCY: u32 = 7;
pub const BH_KIND_OTHER: u32 = 0;
pub const BH_KIND_POWER: u32 = 5;
pub const BH_KIND_RATE: u32 = 2;
pub const BH_KIND_RATIO: u32 = 8;
pub const BH_KIND_TEMPERATURE: u32 = 6;
pub const BH_KIND_TIME: u32 = 1;
pub const BH_LOG_DEBUG: u32 = 0;
pub const BH_LOG_INFO: u32 = 1;
pub const BH_LOG_WARNING: u32 = 2;
pub const BH_MAX_CASES: u32 = 1048576;
pub const BH_MAX_ID: u32 = 127;
pub const BH_MAX_ITEMS: u32 = 1024;
pub const BH_MAX_STRIDE: u32 = 4096;
pub const BH_MAX_TEXT: u32 = 4095;
pub const BH_MAX_TITLE: u32 = 255;
pub const BH_MAX_VALUE: u32 = 4095;
pub const BH_MEMBER_DEAD: u32 = 3;
pub const BH_MEMBER_ENDED: u32 = 2;
pub const BH_MEMBER_RUNNING: u32 = 1;
pub const BH_MEMBER_STARTING: u32 = 0;
pub const BH_MEMORY_HUGE: u32 = 1;
pub const BH_MEMORY_HUGE_OR_FAIL: u32 = 2;
pub const BH_MEMORY_LOCKED: u32 = 4;
pub const BH_METRIC_LABELLED: u32 = 2;
pub const BH_METRIC_PRIMARY: u32 = 1;
pub const BH_NODE_ANY: i32 = -1;
pub const BH_NOTE_ELF_NAME: &str = "benchhost";
pub const BH_NOTE_ELF_SECTION: &str = ".note.benchhost";
pub const BH_NOTE_ELF_TYPE: u32 = 1112014849;
pub const BH_NOTE_MACHO_SECTION: &str = "__TEXT,__bhnote";
pub const BH_NOTE_MAGIC: &str = "BHNOTE1\n";
pub const BH_NOTE_MAX_BYTES: u32 = 4096;
pub const BH_NOTE_PE_SECTION: &str = ".bhnote";
pub const BH_OBJECT_BUFFER: u32 = 3;
pub const BH_OBJECT_DEVICE: u32 = 1;
pub const BH_OBJECT_EVENT: u32 = 5;
pub const BH_OBJECT_PROGRAM: u32 = 4;
pub const BH_OBJECT_QUEUE: u32 = 2;
pub const BH_OK: i32 = 0;
pub const BH_PARAM_ADDED: u32 = 1;
pub const BH_PARAM_APART: u32 = 4;
pub const BH_PARAM_PATH: u32 = 2;
pub const BH_PEER_DIRECT: u32 = 1;
pub const BH_PIN_HOST: u32 = 0;
pub const BH_PIN_NONE: u32 = 1;
pub const BH_PIN_SIBLINGS: u32 = 3;
pub const BH_PIN_SPREAD: u32 = 2;
pub const BH_PLUGIN_SPAWNS: u32 = 1;
pub const BH_QUEUE_TIMES: u32 = 1;
pub const BH_READ_BUSY: &str = "busy.ratio";
pub const BH_READ_CLOCK: &str = "clock.hz";
pub const BH_READ_ENERGY: &str = "energy.j";
pub const BH_READ_MEM_CLOCK: &str = "mem.clock.hz";
pub const BH_READ_MEM_FREE: &str = "mem.free.bytes";
pub const BH_READ_MEM_TEMPERATURE: &str = "temperature.mem.c";
pub const BH_READ_MEM_USED: &str = "mem.used.bytes";
pub const BH_READ_POWER: &str = "power.w";
pub const BH_READ_TEMPERATURE: &str = "temperature.c";
pub const BH_READ_THROTTLE: &str = "throttle.bits";
pub const BH_RECORD_HISTOGRAM: u32 = 1;
pub const BH_RECORD_RAW: u32 = 0;
pub const BH_ROLE_DEVICES: u32 = 8;
pub const BH_ROLE_LOAD: u32 = 4;
pub const BH_ROLE_MORTAL: u32 = 1;
pub const BH_ROLE_RESPAWN: u32 = 2;
pub const BH_ROLE_VERIFIES: u32 = 16;
pub const BH_RUN_RESPAWNED: u32 = 2;
pub const BH_RUN_WARM_UP: u32 = 1;
pub const BH_SCALAR_F32: u32 = 18;
pub const BH_SCALAR_F64: u32 = 21;
pub const BH_SCALAR_I32: u32 = 16;
pub const BH_SCALAR_I64: u32 = 19;
pub const BH_SCALAR_U32: u32 = 17;
pub const BH_SCALAR_U64: u32 = 20;
pub const BH_SLOT_OPTIONAL: u32 = 1;
pub const BH_SLOT_SHAREABLE: u32 = 4;
pub const BH_SLOT_SHARED: u32 = 2;
pub const BH_SPAN_ABSOLUTE: u32 = 2;
pub const BH_SPAN_COMMANDS: u32 = 16;
pub const BH_SPAN_DURATION: u32 = 1;
pub const BH_SPAN_GATE: u32 = 1;
pub const BH_SPAN_GATED: u32 = 4;
pub const BH_SPAN_MARKERS: u32 = 8;
pub const BH_SUMMARY_BEST: u32 = 10;
pub const BH_SUMMARY_BEST_AT: u32 = 3;
pub const BH_SUMMARY_EFFICIENCY: u32 = 2;
pub const BH_SUMMARY_FIT_INTERCEPT: u32 = 6;
pub const BH_SUMMARY_FIT_SLOPE: u32 = 7;
pub const BH_SUMMARY_KNEE: u32 = 4;
pub const BH_SUMMARY_LEVELS: u32 = 5;
pub const BH_SUMMARY_MAX_WITHIN: u32 = 8;
pub const BH_SUMMARY_RATIO: u32 = 9;
pub const BH_SUMMARY_SPEEDUP: u32 = 1;
pub const BH_SWEEP_LINEAR: u32 = 2;
pub const BH_SWEEP_LIST: u32 = 1;
pub const BH_SWEEP_LOG2: u32 = 3;
pub const BH_SWEEP_NONE: u32 = 0;
pub const BH_SWEEP_SEARCH: u32 = 4;
pub const BH_THREADS_UNKNOWN: u32 = 4294967295;
pub const BH_THROTTLE_OTHER: u32 = 4;
pub const BH_THROTTLE_POWER: u32 = 2;
pub const BH_THROTTLE_THERMAL: u32 = 1;
pub const BH_TIME_ENDED: u32 = 8;
pub const BH_TIME_QUEUED: u32 = 1;
pub const BH_TIME_STARTED: u32 = 4;
pub const BH_TIME_SUBMITTED: u32 = 2;
pub const BH_TYPE_BOOL: u32 = 4;
pub const BH_TYPE_DOUBLE: u32 = 3;
pub const BH_TYPE_ENUM: u32 = 6;
pub const BH_TYPE_INT: u32 = 1;
pub const BH_TYPE_LIST: u32 = 256;
pub const BH_TYPE_NONE: u32 = 0;
pub const BH_TYPE_STRING: u32 = 5;
pub const BH_TYPE_UINT: u32 = 2;
pub const BH_UNIT_BYTES: &str = "By";
pub const BH_UNIT_BYTES_PER_SECOND: &str = "By/s";
pub const BH_UNIT_CELSIUS: &str = "Cel";
pub const BH_UNIT_HERTZ: &str = "Hz";
pub const BH_UNIT_JOULE: &str = "J";
pub const BH_UNIT_NONE: &str = "1";
pub const BH_UNIT_NS: &str = "ns";
pub const BH_UNIT_PER_SECOND: &str = "1/s";
pub const BH_UNIT_WATT: &str = "W";
pub const BH_WORK_ALL_BYTES: &str = "bytes";
pub const BH_WORK_ALL_OPS: &str = "ops";
pub const BH_WORK_BYTES_MOVED: &str = "bytes.moved";
pub const BH_WORK_BYTES_READ: &str = "bytes.read";
pub const BH_WORK_BYTES_WRITTEN: &str = "bytes.written";
pub const BH_WORK_ITEMS: &str = "items";

// ---- The layout

const _: () = assert!(size_of::<bh_bytes_t>() == 16);
const _: () = assert!(size_of::<bh_value_t>() == 48);
const _: () = assert!(size_of::<bh_value_list_t>() == 16);
const _: () = assert!(size_of::<bh_param_t>() == 384);
const _: () = assert!(size_of::<bh_param_list_t>() == 16);
const _: () = assert!(size_of::<bh_metric_t>() == 96);
const _: () = assert!(size_of::<bh_metric_list_t>() == 16);
const _: () = assert!(size_of::<bh_work_t>() == 16);
const _: () = assert!(size_of::<bh_summary_t>() == 64);
const _: () = assert!(size_of::<bh_summary_list_t>() == 16);
const _: () = assert!(size_of::<bh_create_t>() == 40);
const _: () = assert!(size_of::<bh_prepare_t>() == 40);
const _: () = assert!(size_of::<bh_batch_t>() == 24);
const _: () = assert!(size_of::<bh_verdict_t>() == 40);
const _: () = assert!(size_of::<bh_lifecycle_t>() == 80);
const _: () = assert!(size_of::<bh_slot_t>() == 32);
const _: () = assert!(size_of::<bh_slot_list_t>() == 16);
const _: () = assert!(size_of::<bh_benchmark_t>() == 176);
const _: () = assert!(size_of::<bh_case_t>() == 48);
const _: () = assert!(size_of::<bh_enumerate_t>() == 24);
const _: () = assert!(size_of::<bh_plugin_t>() == 56);
const _: () = assert!(size_of::<bh_offer_t>() == 32);
const _: () = assert!(size_of::<bh_answer_t>() == 32);
const _: () = assert!(size_of::<bh_memory_t>() == 48);
const _: () = assert!(size_of::<bh_team_request_t>() == 16);
const _: () = assert!(size_of::<bh_recorder_request_t>() == 24);
const _: () = assert!(size_of::<bh_host_t>() == 216);
const _: () = assert!(size_of::<bh_role_t>() == 40);
const _: () = assert!(size_of::<bh_plugin_roles_t>() == 16);
const _: () = assert!(size_of::<bh_host_roles_t>() == 80);
const _: () = assert!(size_of::<bh_cap_t>() == 48);
const _: () = assert!(size_of::<bh_cap_list_t>() == 16);
const _: () = assert!(size_of::<bh_buffer_desc_t>() == 32);
const _: () = assert!(size_of::<bh_native_range_t>() == 64);
const _: () = assert!(size_of::<bh_native_args_t>() == 32);
const _: () = assert!(size_of::<bh_source_t>() == 56);
const _: () = assert!(size_of::<bh_constant_t>() == 32);
const _: () = assert!(size_of::<bh_source_list_t>() == 16);
const _: () = assert!(size_of::<bh_constant_list_t>() == 16);
const _: () = assert!(size_of::<bh_program_desc_t>() == 72);
const _: () = assert!(size_of::<bh_build_info_t>() == 32);
const _: () = assert!(size_of::<bh_arg_t>() == 16);
const _: () = assert!(size_of::<bh_event_times_t>() == 48);
const _: () = assert!(size_of::<bh_span_t>() == 40);
const _: () = assert!(size_of::<bh_device_api_t>() == 256);
const _: () = assert!(size_of::<bh_graph_api_t>() == 40);
const _: () = assert!(size_of::<bh_peer_api_t>() == 32);
const _: () = assert!(size_of::<bh_reading_t>() == 24);
const _: () = assert!(size_of::<bh_telemetry_api_t>() == 24);

#[cfg(test)]
fn place<S, M>(whole: *const S, member: *const M) -> (usize, usize) {
    (member as usize - whole as usize, size_of::<M>())
}

#[test]
fn every_member_lies_where_the_layout_file_says() {
    use std::mem::MaybeUninit;
    use std::ptr::addr_of;
    let it = MaybeUninit::<bh_bytes_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).data) }), (0, 8), "bh_bytes.data");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).size_bytes) }), (8, 8), "bh_bytes.size_bytes");
    let it = MaybeUninit::<bh_value_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).ty) }), (0, 4), "bh_value.type");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).count) }), (4, 4), "bh_value.count");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).i) }), (8, 8), "bh_value.i");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).u) }), (16, 8), "bh_value.u");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).f) }), (24, 8), "bh_value.f");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).s) }), (32, 8), "bh_value.s");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).items) }), (40, 8), "bh_value.items");
    let it = MaybeUninit::<bh_value_list_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).items) }), (0, 8), "bh_value_list.items");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).count) }), (8, 4), "bh_value_list.count");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).stride) }), (12, 4), "bh_value_list.stride");
    let it = MaybeUninit::<bh_param_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_param.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).ty) }), (4, 4), "bh_param.type");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).flags) }), (8, 4), "bh_param.flags");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).sweep) }), (12, 4), "bh_param.sweep");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).name) }), (16, 8), "bh_param.name");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).unit) }), (24, 8), "bh_param.unit");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).description) }), (32, 8), "bh_param.description");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).constraint) }), (40, 8), "bh_param.constraint");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).default_value) }), (48, 48), "bh_param.default_value");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).minimum) }), (96, 48), "bh_param.minimum");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).maximum) }), (144, 48), "bh_param.maximum");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).choices) }), (192, 16), "bh_param.choices");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).sweep_values) }), (208, 16), "bh_param.sweep_values");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).sweep_first) }), (224, 48), "bh_param.sweep_first");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).sweep_last) }), (272, 48), "bh_param.sweep_last");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).sweep_step) }), (320, 48), "bh_param.sweep_step");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).sweep_per_octave) }), (368, 4), "bh_param.sweep_per_octave");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).min_count) }), (372, 4), "bh_param.min_count");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).max_count) }), (376, 4), "bh_param.max_count");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).reserved) }), (380, 4), "bh_param.reserved");
    let it = MaybeUninit::<bh_param_list_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).items) }), (0, 8), "bh_param_list.items");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).count) }), (8, 4), "bh_param_list.count");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).stride) }), (12, 4), "bh_param_list.stride");
    let it = MaybeUninit::<bh_metric_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_metric.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).kind) }), (4, 4), "bh_metric.kind");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).direction) }), (8, 4), "bh_metric.direction");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).domain) }), (12, 4), "bh_metric.domain");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).flags) }), (16, 4), "bh_metric.flags");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).reserved) }), (20, 4), "bh_metric.reserved");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).id) }), (24, 8), "bh_metric.id");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).title) }), (32, 8), "bh_metric.title");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).unit) }), (40, 8), "bh_metric.unit");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).description) }), (48, 8), "bh_metric.description");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).work) }), (56, 8), "bh_metric.work");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).statistic) }), (64, 8), "bh_metric.statistic");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).source) }), (72, 8), "bh_metric.source");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).noise_floor_ratio) }), (80, 8), "bh_metric.noise_floor_ratio");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).target) }), (88, 8), "bh_metric.target");
    let it = MaybeUninit::<bh_metric_list_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).items) }), (0, 8), "bh_metric_list.items");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).count) }), (8, 4), "bh_metric_list.count");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).stride) }), (12, 4), "bh_metric_list.stride");
    let it = MaybeUninit::<bh_work_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).key) }), (0, 8), "bh_work.key");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).amount) }), (8, 8), "bh_work.amount");
    let it = MaybeUninit::<bh_summary_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_summary.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).kind) }), (4, 4), "bh_summary.kind");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).direction) }), (8, 4), "bh_summary.direction");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).metric) }), (12, 4), "bh_summary.metric");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).parameter) }), (16, 4), "bh_summary.parameter");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).basis) }), (20, 4), "bh_summary.basis");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).id) }), (24, 8), "bh_summary.id");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).title) }), (32, 8), "bh_summary.title");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).unit) }), (40, 8), "bh_summary.unit");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).description) }), (48, 8), "bh_summary.description");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).limit) }), (56, 8), "bh_summary.limit");
    let it = MaybeUninit::<bh_summary_list_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).items) }), (0, 8), "bh_summary_list.items");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).count) }), (8, 4), "bh_summary_list.count");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).stride) }), (12, 4), "bh_summary_list.stride");
    let it = MaybeUninit::<bh_create_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_create.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).setting_count) }), (4, 4), "bh_create.setting_count");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).settings) }), (8, 8), "bh_create.settings");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).benchmark) }), (16, 8), "bh_create.benchmark");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).input) }), (24, 8), "bh_create.input");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).content_digest) }), (32, 8), "bh_create.content_digest");
    let it = MaybeUninit::<bh_prepare_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_prepare.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).value_count) }), (4, 4), "bh_prepare.value_count");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).values) }), (8, 8), "bh_prepare.values");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).devices) }), (16, 8), "bh_prepare.devices");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).device_count) }), (24, 4), "bh_prepare.device_count");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).reserved) }), (28, 4), "bh_prepare.reserved");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).seed) }), (32, 8), "bh_prepare.seed");
    let it = MaybeUninit::<bh_batch_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_batch.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).flags) }), (4, 4), "bh_batch.flags");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).n) }), (8, 8), "bh_batch.n");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).index) }), (16, 8), "bh_batch.index");
    let it = MaybeUninit::<bh_verdict_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_verdict.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).reserved) }), (4, 4), "bh_verdict.reserved");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).checked) }), (8, 8), "bh_verdict.checked");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).error) }), (16, 8), "bh_verdict.error");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).tolerance) }), (24, 8), "bh_verdict.tolerance");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).what) }), (32, 8), "bh_verdict.what");
    let it = MaybeUninit::<bh_lifecycle_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_lifecycle.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).reserved) }), (4, 4), "bh_lifecycle.reserved");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).create) }), (8, 8), "bh_lifecycle.create");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).prepare) }), (16, 8), "bh_lifecycle.prepare");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).prepare_batch) }), (24, 8), "bh_lifecycle.prepare_batch");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).run) }), (32, 8), "bh_lifecycle.run");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).finish_batch) }), (40, 8), "bh_lifecycle.finish_batch");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).verify) }), (48, 8), "bh_lifecycle.verify");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).process) }), (56, 8), "bh_lifecycle.process");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).teardown) }), (64, 8), "bh_lifecycle.teardown");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).destroy) }), (72, 8), "bh_lifecycle.destroy");
    let it = MaybeUninit::<bh_slot_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_slot.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).flags) }), (4, 4), "bh_slot.flags");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).id) }), (8, 8), "bh_slot.id");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).requirement) }), (16, 8), "bh_slot.requirement");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).description) }), (24, 8), "bh_slot.description");
    let it = MaybeUninit::<bh_slot_list_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).items) }), (0, 8), "bh_slot_list.items");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).count) }), (8, 4), "bh_slot_list.count");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).stride) }), (12, 4), "bh_slot_list.stride");
    let it = MaybeUninit::<bh_benchmark_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_benchmark.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).category) }), (4, 4), "bh_benchmark.category");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).flags) }), (8, 4), "bh_benchmark.flags");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).batch) }), (12, 4), "bh_benchmark.batch");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).batch_min) }), (16, 8), "bh_benchmark.batch_min");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).batch_max) }), (24, 8), "bh_benchmark.batch_max");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).workload_revision) }), (32, 8), "bh_benchmark.workload_revision");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).id) }), (40, 8), "bh_benchmark.id");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).title) }), (48, 8), "bh_benchmark.title");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).description) }), (56, 8), "bh_benchmark.description");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).tags) }), (64, 8), "bh_benchmark.tags");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).requirement) }), (72, 8), "bh_benchmark.requirement");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).claim_cores) }), (80, 8), "bh_benchmark.claim_cores");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).claim_memory_bytes) }), (88, 8), "bh_benchmark.claim_memory_bytes");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).claim_seconds) }), (96, 8), "bh_benchmark.claim_seconds");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).slots) }), (104, 16), "bh_benchmark.slots");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).parameters) }), (120, 16), "bh_benchmark.parameters");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).metrics) }), (136, 16), "bh_benchmark.metrics");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).summaries) }), (152, 16), "bh_benchmark.summaries");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).lifecycle) }), (168, 8), "bh_benchmark.lifecycle");
    let it = MaybeUninit::<bh_case_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_case.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).benchmark) }), (4, 4), "bh_case.benchmark");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).input) }), (8, 8), "bh_case.input");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).content_digest) }), (16, 8), "bh_case.content_digest");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).title) }), (24, 8), "bh_case.title");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).values) }), (32, 8), "bh_case.values");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).value_count) }), (40, 4), "bh_case.value_count");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).reserved) }), (44, 4), "bh_case.reserved");
    let it = MaybeUninit::<bh_enumerate_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_enumerate.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).setting_count) }), (4, 4), "bh_enumerate.setting_count");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).settings) }), (8, 8), "bh_enumerate.settings");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).add) }), (16, 8), "bh_enumerate.add");
    let it = MaybeUninit::<bh_plugin_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_plugin.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).own_threads) }), (4, 4), "bh_plugin.own_threads");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).flags) }), (8, 4), "bh_plugin.flags");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).reserved) }), (12, 4), "bh_plugin.reserved");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).benchmark) }), (16, 8), "bh_plugin.benchmark");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).enumerate) }), (24, 8), "bh_plugin.enumerate");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).extension) }), (32, 8), "bh_plugin.extension");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).settings) }), (40, 16), "bh_plugin.settings");
    let it = MaybeUninit::<bh_offer_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_offer.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).abi_min) }), (4, 4), "bh_offer.abi_min");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).abi_max) }), (8, 4), "bh_offer.abi_max");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).reserved) }), (12, 4), "bh_offer.reserved");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).host_name) }), (16, 8), "bh_offer.host_name");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).host_version) }), (24, 8), "bh_offer.host_version");
    let it = MaybeUninit::<bh_answer_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_answer.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).abi) }), (4, 4), "bh_answer.abi");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).plugin) }), (8, 8), "bh_answer.plugin");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).note) }), (16, 8), "bh_answer.note");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).reason) }), (24, 8), "bh_answer.reason");
    let it = MaybeUninit::<bh_memory_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_memory.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).flags) }), (4, 4), "bh_memory.flags");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).size_bytes) }), (8, 8), "bh_memory.size_bytes");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).alignment_bytes) }), (16, 8), "bh_memory.alignment_bytes");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).node) }), (24, 4), "bh_memory.node");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).reserved) }), (28, 4), "bh_memory.reserved");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).page_bytes) }), (32, 8), "bh_memory.page_bytes");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).data) }), (40, 8), "bh_memory.data");
    let it = MaybeUninit::<bh_team_request_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_team_request.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).count) }), (4, 4), "bh_team_request.count");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).pin) }), (8, 4), "bh_team_request.pin");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).reserved) }), (12, 4), "bh_team_request.reserved");
    let it = MaybeUninit::<bh_recorder_request_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_recorder_request.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).metric) }), (4, 4), "bh_recorder_request.metric");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).mode) }), (8, 4), "bh_recorder_request.mode");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).index) }), (12, 4), "bh_recorder_request.index");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).capacity) }), (16, 8), "bh_recorder_request.capacity");
    let it = MaybeUninit::<bh_host_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_host.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).abi) }), (4, 4), "bh_host.abi");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).asset_dir) }), (8, 8), "bh_host.asset_dir");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).scratch_dir) }), (16, 8), "bh_host.scratch_dir");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).extension) }), (24, 8), "bh_host.extension");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).log) }), (32, 8), "bh_host.log");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).fail) }), (40, 8), "bh_host.fail");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).last_error) }), (48, 8), "bh_host.last_error");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).cancelled) }), (56, 8), "bh_host.cancelled");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).progress) }), (64, 8), "bh_host.progress");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).now_ns) }), (72, 8), "bh_host.now_ns");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).sleep_until) }), (80, 8), "bh_host.sleep_until");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).work) }), (88, 8), "bh_host.work");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).metric_declare) }), (96, 8), "bh_host.metric_declare");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).report) }), (104, 8), "bh_host.report");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).report_rate) }), (112, 8), "bh_host.report_rate");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).report_labelled) }), (120, 8), "bh_host.report_labelled");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).withhold) }), (128, 8), "bh_host.withhold");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).recorder_open) }), (136, 8), "bh_host.recorder_open");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).record) }), (144, 8), "bh_host.record");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).random_fill) }), (152, 8), "bh_host.random_fill");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).memory_take) }), (160, 8), "bh_host.memory_take");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).memory_free) }), (168, 8), "bh_host.memory_free");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).team_open) }), (176, 8), "bh_host.team_open");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).team_run) }), (184, 8), "bh_host.team_run");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).team_barrier) }), (192, 8), "bh_host.team_barrier");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).team_cpu) }), (200, 8), "bh_host.team_cpu");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).attach) }), (208, 8), "bh_host.attach");
    let it = MaybeUninit::<bh_role_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_role.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).flags) }), (4, 4), "bh_role.flags");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).id) }), (8, 8), "bh_role.id");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).description) }), (16, 8), "bh_role.description");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).count) }), (24, 8), "bh_role.count");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).claim_cores) }), (32, 8), "bh_role.claim_cores");
    let it = MaybeUninit::<bh_plugin_roles_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_plugin_roles.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).reserved) }), (4, 4), "bh_plugin_roles.reserved");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).role) }), (8, 8), "bh_plugin_roles.role");
    let it = MaybeUninit::<bh_host_roles_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_host_roles.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).role) }), (4, 4), "bh_host_roles.role");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).member) }), (8, 4), "bh_host_roles.member");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).incarnation) }), (12, 4), "bh_host_roles.incarnation");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).count) }), (16, 8), "bh_host_roles.count");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).stop) }), (24, 8), "bh_host_roles.stop");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).barrier) }), (32, 8), "bh_host_roles.barrier");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).share) }), (40, 8), "bh_host_roles.share");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).post) }), (48, 8), "bh_host_roles.post");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).fetch) }), (56, 8), "bh_host_roles.fetch");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).kill) }), (64, 8), "bh_host_roles.kill");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).peer) }), (72, 8), "bh_host_roles.peer");
    let it = MaybeUninit::<bh_cap_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_cap.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).ty) }), (4, 4), "bh_cap.type");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).provenance) }), (8, 4), "bh_cap.provenance");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).reserved) }), (12, 4), "bh_cap.reserved");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).integer) }), (16, 8), "bh_cap.integer");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).number) }), (24, 8), "bh_cap.number");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).name) }), (32, 8), "bh_cap.name");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).text) }), (40, 8), "bh_cap.text");
    let it = MaybeUninit::<bh_cap_list_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).items) }), (0, 8), "bh_cap_list.items");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).count) }), (8, 4), "bh_cap_list.count");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).stride) }), (12, 4), "bh_cap_list.stride");
    let it = MaybeUninit::<bh_buffer_desc_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_buffer_desc.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).kind) }), (4, 4), "bh_buffer_desc.kind");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).size_bytes) }), (8, 8), "bh_buffer_desc.size_bytes");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).host_pointer) }), (16, 8), "bh_buffer_desc.host_pointer");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).host_access) }), (24, 4), "bh_buffer_desc.host_access");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).flags) }), (28, 4), "bh_buffer_desc.flags");
    let it = MaybeUninit::<bh_native_range_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_native_range.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).worker_index) }), (4, 4), "bh_native_range.worker_index");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).worker_count) }), (8, 4), "bh_native_range.worker_count");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).reserved) }), (12, 4), "bh_native_range.reserved");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).begin) }), (16, 12), "bh_native_range.begin");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).end) }), (28, 12), "bh_native_range.end");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).groups) }), (40, 12), "bh_native_range.groups");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).group_size) }), (52, 12), "bh_native_range.group_size");
    let it = MaybeUninit::<bh_native_args_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_native_args.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).value_count) }), (4, 4), "bh_native_args.value_count");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).values) }), (8, 8), "bh_native_args.values");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).constants) }), (16, 8), "bh_native_args.constants");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).constant_count) }), (24, 4), "bh_native_args.constant_count");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).reserved) }), (28, 4), "bh_native_args.reserved");
    let it = MaybeUninit::<bh_source_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_source.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).reserved) }), (4, 4), "bh_source.reserved");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).dialect) }), (8, 8), "bh_source.dialect");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).entry) }), (16, 8), "bh_source.entry");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).needs) }), (24, 8), "bh_source.needs");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).code) }), (32, 16), "bh_source.code");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).native) }), (48, 8), "bh_source.native");
    let it = MaybeUninit::<bh_constant_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_constant.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).ty) }), (4, 4), "bh_constant.type");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).name) }), (8, 8), "bh_constant.name");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).value) }), (16, 8), "bh_constant.value");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).id) }), (24, 4), "bh_constant.id");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).reserved) }), (28, 4), "bh_constant.reserved");
    let it = MaybeUninit::<bh_source_list_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).items) }), (0, 8), "bh_source_list.items");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).count) }), (8, 4), "bh_source_list.count");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).stride) }), (12, 4), "bh_source_list.stride");
    let it = MaybeUninit::<bh_constant_list_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).items) }), (0, 8), "bh_constant_list.items");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).count) }), (8, 4), "bh_constant_list.count");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).stride) }), (12, 4), "bh_constant_list.stride");
    let it = MaybeUninit::<bh_program_desc_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_program_desc.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).flags) }), (4, 4), "bh_program_desc.flags");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).name) }), (8, 8), "bh_program_desc.name");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).sources) }), (16, 16), "bh_program_desc.sources");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).constants) }), (32, 16), "bh_program_desc.constants");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).arg_types) }), (48, 8), "bh_program_desc.arg_types");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).arg_count) }), (56, 4), "bh_program_desc.arg_count");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).group_size) }), (60, 12), "bh_program_desc.group_size");
    let it = MaybeUninit::<bh_build_info_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_build_info.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).flags) }), (4, 4), "bh_build_info.flags");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).source_index) }), (8, 4), "bh_build_info.source_index");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).group_items_max) }), (12, 4), "bh_build_info.group_items_max");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).build_ns) }), (16, 8), "bh_build_info.build_ns");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).log) }), (24, 8), "bh_build_info.log");
    let it = MaybeUninit::<bh_arg_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).buffer) }), (0, 8), "bh_arg.buffer");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).scalar) }), (8, 8), "bh_arg.scalar");
    let it = MaybeUninit::<bh_event_times_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_event_times.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).valid) }), (4, 4), "bh_event_times.valid");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).queued_ns) }), (8, 8), "bh_event_times.queued_ns");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).submitted_ns) }), (16, 8), "bh_event_times.submitted_ns");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).started_ns) }), (24, 8), "bh_event_times.started_ns");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).ended_ns) }), (32, 8), "bh_event_times.ended_ns");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).step_ns) }), (40, 8), "bh_event_times.step_ns");
    let it = MaybeUninit::<bh_span_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_span.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).flags) }), (4, 4), "bh_span.flags");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).duration_ns) }), (8, 8), "bh_span.duration_ns");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).step_ns) }), (16, 8), "bh_span.step_ns");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).iterations) }), (24, 8), "bh_span.iterations");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).commands) }), (32, 8), "bh_span.commands");
    let it = MaybeUninit::<bh_device_api_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_device_api.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).reserved) }), (4, 4), "bh_device_api.reserved");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).last_error) }), (8, 8), "bh_device_api.last_error");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).cap) }), (16, 8), "bh_device_api.cap");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).extension) }), (24, 8), "bh_device_api.extension");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).main_queue) }), (32, 8), "bh_device_api.main_queue");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).last_span) }), (40, 8), "bh_device_api.last_span");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).queue_create) }), (48, 8), "bh_device_api.queue_create");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).queue_destroy) }), (56, 8), "bh_device_api.queue_destroy");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).queue_flush) }), (64, 8), "bh_device_api.queue_flush");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).queue_finish) }), (72, 8), "bh_device_api.queue_finish");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).queue_wait) }), (80, 8), "bh_device_api.queue_wait");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).buffer_create) }), (88, 8), "bh_device_api.buffer_create");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).buffer_view) }), (96, 8), "bh_device_api.buffer_view");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).buffer_destroy) }), (104, 8), "bh_device_api.buffer_destroy");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).buffer_map) }), (112, 8), "bh_device_api.buffer_map");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).buffer_unmap) }), (120, 8), "bh_device_api.buffer_unmap");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).write) }), (128, 8), "bh_device_api.write");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).read) }), (136, 8), "bh_device_api.read");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).copy) }), (144, 8), "bh_device_api.copy");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).fill) }), (152, 8), "bh_device_api.fill");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).dispatch) }), (160, 8), "bh_device_api.dispatch");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).program_build) }), (168, 8), "bh_device_api.program_build");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).program_destroy) }), (176, 8), "bh_device_api.program_destroy");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).args_create) }), (184, 8), "bh_device_api.args_create");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).args_set) }), (192, 8), "bh_device_api.args_set");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).args_destroy) }), (200, 8), "bh_device_api.args_destroy");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).event_create) }), (208, 8), "bh_device_api.event_create");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).event_wait) }), (216, 8), "bh_device_api.event_wait");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).event_poll) }), (224, 8), "bh_device_api.event_poll");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).event_times) }), (232, 8), "bh_device_api.event_times");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).event_destroy) }), (240, 8), "bh_device_api.event_destroy");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).native) }), (248, 8), "bh_device_api.native");
    let it = MaybeUninit::<bh_graph_api_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_graph_api.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).reserved) }), (4, 4), "bh_graph_api.reserved");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).begin) }), (8, 8), "bh_graph_api.begin");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).end) }), (16, 8), "bh_graph_api.end");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).launch) }), (24, 8), "bh_graph_api.launch");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).destroy) }), (32, 8), "bh_graph_api.destroy");
    let it = MaybeUninit::<bh_peer_api_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_peer_api.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).reserved) }), (4, 4), "bh_peer_api.reserved");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).path) }), (8, 8), "bh_peer_api.path");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).copy) }), (16, 8), "bh_peer_api.copy");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).wait) }), (24, 8), "bh_peer_api.wait");
    let it = MaybeUninit::<bh_reading_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_reading.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).reserved) }), (4, 4), "bh_reading.reserved");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).time_ns) }), (8, 8), "bh_reading.time_ns");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).value) }), (16, 8), "bh_reading.value");
    let it = MaybeUninit::<bh_telemetry_api_t>::uninit();
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).struct_size) }), (0, 4), "bh_telemetry_api.struct_size");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).reserved) }), (4, 4), "bh_telemetry_api.reserved");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).name) }), (8, 8), "bh_telemetry_api.name");
    assert_eq!(place(it.as_ptr(), unsafe { addr_of!((*it.as_ptr()).latest) }), (16, 8), "bh_telemetry_api.latest");
}
