//! What the handles of devices and roles do against a host that answers as the test says.

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicU32, AtomicU64};
use std::time::Duration;

use crate::device::DeviceCore;
use crate::fake::{calls, cycle, device, devices, fail, roles};
use crate::raw;
use crate::roles::Roles;
use crate::*;

fn source() -> Source<'static> {
    Source::new("saxpy")
        .group([64, 1, 1])
        .opencl_c("text")
        .needs("software")
        .spirv_vulkan(&[1, 2])
        .native(|_, _| ())
        .constant("COUNT", 3u32)
        .constant("SCALE", -1.5f32)
}
const PARAMETERS: [Parameter; 2] = [Parameter::ReadWrite, Parameter::I32];

#[test]
fn objects_go_back_in_the_order_that_the_host_needs_whatever_the_order_of_drops() {
    let cycle = cycle(Some(devices()), None);
    let device = device(&cycle);
    let buffer = device.buffer(64).unwrap();
    let view = buffer.view(0, 16).unwrap();
    let program = device.build(&source(), &PARAMETERS).unwrap();
    assert_eq!((program.info().dialect, program.info().log.as_str()), ("spirv_vulkan", "line 3: planted"));
    let args = program.bind(&[Arg::from(&view), Arg::I32(-2)]).unwrap();
    let queue = device.queue(0).unwrap();
    assert_eq!(calls(), ["buffer_create", "buffer_view", "program_build", "args_create", "queue_create"]);
    unsafe { device.main_queue().dispatch(&args, [1, 1, 1], None) }.unwrap();
    unsafe { queue.dispatch(&args, [1, 1, 1], None) }.unwrap();
    drop((device, buffer, view, program));
    assert_eq!(calls(), ["dispatch", "dispatch"]);
    drop(args);
    let waits = ["queue_finish", "queue_finish"];
    assert_eq!(calls(), [&waits[..], &["args_destroy", "program_destroy", "view_destroy", "buffer_destroy"]].concat());
    drop(queue);
    assert_eq!(calls(), ["queue_destroy"]);
    cycle.end();
}

#[test]
fn what_is_finished_is_not_waited_for_again() {
    let cycle = cycle(Some(devices()), None);
    let device = device(&cycle);
    let (a, b) = (device.buffer(64).unwrap(), device.buffer(64).unwrap());
    device.main_queue().copy(&a, 0, &b, 0, 64, None).unwrap();
    device.main_queue().finish().unwrap();
    calls();
    drop(a);
    assert_eq!(calls(), ["buffer_destroy"]);
    // A wait that fails (the device is lost) keeps nothing back.
    device.main_queue().copy(&b, 0, &b, 32, 32, None).unwrap();
    fail("queue_finish", raw::BH_E_DEVICE);
    drop(b);
    assert_eq!(calls(), ["copy", "queue_finish", "queue_finish", "buffer_destroy"]);
    cycle.end();
}

/// A cancelled wait leaves a command running: what it may use belongs to the host until that has ended.
#[test]
fn what_may_still_be_in_use_is_left_to_the_host() {
    for code in [raw::BH_E_CANCELLED, raw::BH_E_STATE] {
        let cycle = cycle(Some(devices()), None);
        let device = device(&cycle);
        let buffer = device.buffer(64).unwrap();
        let view = buffer.view(0, 16).unwrap();
        let program = device.build(&source(), &PARAMETERS).unwrap();
        let args = program.bind(&[Arg::from(&view), Arg::I32(-2)]).unwrap();
        let queue = device.queue(0).unwrap();
        unsafe { queue.dispatch(&args, [1, 1, 1], None) }.unwrap();
        fail("queue_finish", code);
        calls();
        drop(args);
        assert_eq!(calls(), ["queue_finish"; 2]);
        // What they stand on stays too, also when a later wait would do.
        fail("", 0);
        drop((queue, program, view, buffer));
        assert!(calls().is_empty());
        cycle.end();
    }
}

#[test]
fn a_queue_that_has_not_ended_is_not_destroyed() {
    let cycle = cycle(Some(devices()), None);
    let device = device(&cycle);
    let buffer = device.buffer(64).unwrap();
    let queue = device.queue(0).unwrap();
    queue.copy(&buffer, 0, &buffer, 32, 32, None).unwrap();
    fail("queue_finish", raw::BH_E_STATE);
    calls();
    drop(queue);
    assert_eq!(calls(), ["queue_finish"; 2]);
    drop(buffer);
    assert!(calls().is_empty());
    cycle.end();
}

#[test]
fn errors_carry_code_and_text_of_the_device() {
    let cycle = cycle(Some(devices()), None);
    let device = device(&cycle);
    fail("buffer_create", raw::BH_E_NO_MEMORY);
    let error = device.buffer(64).err().unwrap();
    assert_eq!((error.code(), error.text()), (raw::BH_E_NO_MEMORY, "buffer_create: the device says why"));
    fail("program_build", raw::BH_E_FAILED);
    let error = device.build(&source(), &PARAMETERS).err().unwrap();
    assert_eq!(error.text(), "saxpy: the device says why\nline 3: planted");
    fail("program_build", 77);
    assert_eq!(device.build(&source(), &PARAMETERS).err().unwrap().code(), raw::BH_E_FAILED);
    fail("queue_finish", raw::BH_E_DEVICE);
    assert_eq!(
        device.main_queue().finish().unwrap_err(),
        Error::new(raw::BH_E_DEVICE, "queue_finish: the device says why")
    );
    cycle.end();
}

#[test]
fn a_host_without_devices_or_with_less_than_a_table_is_refused() {
    let device = 9 as *const raw::bh_device_t;
    let none = cycle(None, None);
    let open = |cycle| DeviceCore::open(cycle, device).err().unwrap();
    assert_eq!(open(&none), Error::unsupported("this host does not have benchhost.device/1: update it"));
    let short = cycle(Some(raw::bh_device_api_t { struct_size: 16, ..devices() }), None);
    assert_eq!(open(&short), Error::argument("the host's table of devices has 16 bytes, 256 are needed"));
    let no_main = cycle(Some(raw::bh_device_api_t { main_queue: None, ..devices() }), None);
    assert_eq!(open(&no_main), Error::unsupported("the host's table of devices has no main_queue"));
    let null_main = cycle(Some(devices()), None);
    fail("main_queue", raw::BH_E_FAILED);
    assert_eq!(open(&null_main), Error::failed("main_queue: the host granted nothing"));
}

#[test]
fn a_function_that_is_absent_is_an_error_and_no_call() {
    let holes = raw::bh_device_api_t {
        last_error: None,
        buffer_destroy: None,
        copy: None,
        event_create: None,
        cap: None,
        ..devices()
    };
    let cycle = cycle(Some(holes), None);
    let device = device(&cycle);
    let buffer = device.buffer(64).unwrap();
    let absent = |function| Error::unsupported(format!("the host's table of devices has no {function}"));
    assert_eq!(device.main_queue().copy(&buffer, 0, &buffer, 32, 32, None), Err(absent("copy")));
    assert_eq!(device.event(0).err(), Some(absent("event_create")));
    assert_eq!(device.fact(raw::BH_CAP_UNITS), Err(absent("cap")));
    assert_eq!(device.main_queue().flush(), Err(absent("queue_flush")));
    fail("buffer_create", raw::BH_E_NO_MEMORY);
    assert_eq!(device.buffer(4).err(), Some(Error::new(raw::BH_E_NO_MEMORY, "buffer_create: ")));
    drop(buffer);
    cycle.end();
}

#[test]
fn arguments_of_another_type_never_reach_the_host() {
    let cycle = cycle(Some(devices()), None);
    let device = device(&cycle);
    let buffer = device.buffer(64).unwrap();
    let program = device.build(&source(), &PARAMETERS).unwrap();
    calls();
    let refused = |values: &[Arg]| program.bind(values).err().unwrap().text().to_string();
    assert_eq!(refused(&[Arg::from(&buffer)]), "1 arguments for 2 parameters");
    assert_eq!(refused(&[Arg::from(&buffer), Arg::F64(1.0)]), "argument 1 is F64, and the parameter is I32");
    assert_eq!(refused(&[Arg::I32(1), Arg::I32(1)]), "argument 0 is I32, and the parameter is ReadWrite");
    assert_eq!(refused(&[Arg::from(&buffer), Arg::from(&buffer)]), "argument 1 is a buffer, and the parameter is I32");
    assert!(calls().is_empty());
    let args = program.bind(&[Arg::from(&buffer), Arg::from(-2)]).unwrap();
    assert_eq!(args.set(2, 1i32).unwrap_err().text(), "the program has no parameter 2");
    assert_eq!(args.set(1, 1u32).unwrap_err().text(), "argument 1 is U32, and the parameter is I32");
    args.set(1, 5i32).unwrap();
    // The buffer that was bound first waits for what may use it.
    unsafe { device.main_queue().dispatch(&args, [1, 1, 1], None) }.unwrap();
    drop(buffer);
    let other = device.buffer(64).unwrap();
    calls();
    args.set(0, &other).unwrap();
    assert_eq!(calls(), ["args_set", "queue_finish", "buffer_destroy"]);
    drop((args, program, other));
    cycle.end();
}

#[test]
fn objects_of_another_device_are_refused() {
    let cycle = cycle(Some(devices()), None);
    let (one, other) = (device(&cycle), device(&cycle));
    let (a, b) = (one.buffer(64).unwrap(), other.buffer(64).unwrap());
    let program = one.build(&source(), &PARAMETERS).unwrap();
    let event = other.event(0).unwrap();
    calls();
    assert_eq!(one.main_queue().copy(&a, 0, &b, 0, 4, None).unwrap_err().text(), "the buffer is of another device");
    assert_eq!(
        one.main_queue().copy(&a, 0, &a, 32, 4, Some(&event)).unwrap_err().text(),
        "the event is of another device"
    );
    assert_eq!(one.main_queue().wait_for(&event).unwrap_err().text(), "the event is of another device");
    assert_eq!(program.bind(&[Arg::from(&b), Arg::I32(-2)]).err().unwrap().text(), "the buffer is of another device");
    let args = program.bind(&[Arg::from(&a), Arg::I32(-2)]).unwrap();
    let refused = unsafe { other.main_queue().dispatch(&args, [1, 1, 1], None) };
    assert_eq!(refused.unwrap_err().text(), "the arguments are of another device");
    assert_eq!(calls(), ["args_create"]);
    drop((args, program, a, b, event));
    cycle.end();
}

#[test]
fn memory_of_a_transfer_that_was_not_waited_for_is_never_touched_again() {
    let cycle = cycle(Some(devices()), None);
    let device = device(&cycle);
    let buffer = device.buffer(16).unwrap();
    let queue = device.main_queue();
    assert_eq!(queue.read::<u8>(&buffer, 0, 16).unwrap(), [7; 16]);
    assert!(queue.read::<u32>(&buffer, 4, 4).is_err() && queue.read::<u64>(&buffer, 0, usize::MAX).is_err());
    queue.write(&buffer, 0, &[1u32, 2, 3, 4]).unwrap();
    let mut items = vec![0u32; 4];
    queue.read_into(&buffer, 0, &mut items, None).unwrap();
    assert_eq!(items, [0x0707_0707; 4]);
    fail("read", raw::BH_E_STATE);
    assert!(queue.read_into(&buffer, 0, &mut items, None).is_err());
    assert_eq!(items.len(), 4);
    fail("queue_finish", raw::BH_E_DEVICE);
    assert!(queue.read_into(&buffer, 0, &mut items, None).is_err());
    assert!(items.is_empty());
    let mut items = vec![0u32; 4];
    assert!(queue.write_from(&buffer, 0, &mut items, None).is_err());
    assert!(items.is_empty());
    drop(buffer);
    cycle.end();
}

#[test]
fn a_buffer_is_lent_to_one_side_at_a_time() {
    let cycle = cycle(Some(devices()), None);
    let device = device(&cycle);
    let request = BufferRequest { size_bytes: 64, kind: BufferKind::Mapped, access: Access::ReadWrite, commit: true };
    let mut buffer = device.buffer_as(request).unwrap();
    let view = buffer.view(0, 16).unwrap();
    let program = device.build(&source(), &PARAMETERS).unwrap();
    let args = program.bind(&[Arg::from(&buffer), Arg::I32(-2)]).unwrap();
    unsafe { device.main_queue().dispatch(&args, [1, 1, 1], None) }.unwrap();
    calls();
    let mut mapped = buffer.map_mut::<u32>().unwrap();
    assert_eq!(calls(), ["queue_finish", "buffer_map"]);
    assert_eq!(mapped.len(), 16);
    mapped[3] = 5;
    let refused = Error::argument("the buffer is mapped");
    assert_eq!(unsafe { device.main_queue().dispatch(&args, [1, 1, 1], None) }, Err(refused.clone()));
    assert_eq!(device.main_queue().fill(&view, 0, 4, 0, None), Err(refused));
    drop(mapped);
    assert_eq!(calls(), ["buffer_unmap"]);
    assert_eq!(buffer.map::<u32>().unwrap()[3], 5);
    assert!(buffer.map::<[u8; 48]>().is_err());
    assert!(buffer.map::<[u8; 0]>().is_err());
    fail("alignment", 0);
    assert_eq!(buffer.map::<u64>().err().unwrap().code(), raw::BH_E_FAILED);
    fail("", 0);
    // A guard that was forgotten holds the buffer, and is undone with it.
    std::mem::forget(buffer.map_new::<u8>().unwrap());
    assert_eq!(buffer.map::<u8>().err().unwrap().code(), raw::BH_E_STATE);
    drop((args, view));
    calls();
    drop((program, buffer));
    assert_eq!(calls(), ["program_destroy", "buffer_unmap", "buffer_destroy"]);
    // Ends the process if the map were still counted.
    cycle.end();
}

#[test]
fn handles_that_were_hidden_away_do_nothing_after_their_cycle() {
    let cycle = cycle(Some(devices()), None);
    let device = device(&cycle);
    let buffer = device.buffer(64).unwrap();
    let (queue, event) = (device.queue(0).unwrap(), device.event(0).unwrap());
    let program = device.build(&source(), &PARAMETERS).unwrap();
    let args = program.bind(&[Arg::from(&buffer), Arg::I32(-2)]).unwrap();
    unsafe { queue.dispatch(&args, [1, 1, 1], None) }.unwrap();
    cycle.end();
    calls();
    let used = catch_unwind(AssertUnwindSafe(|| unsafe { queue.dispatch(&args, [1, 1, 1], None) }));
    assert!(used
        .unwrap_err()
        .downcast_ref::<&str>()
        .unwrap()
        .contains("was used after its benchmark had been dropped"));
    assert!(catch_unwind(AssertUnwindSafe(|| device.raw())).is_err());
    drop((queue, event, args, program, buffer, device));
    assert!(calls().is_empty());
}

#[test]
fn facts_spans_and_times_that_are_not_known_are_none() {
    let cycle = cycle(Some(devices()), None);
    let device = device(&cycle);
    assert_eq!(device.whole_fact(raw::BH_CAP_UNITS), Ok(Some(8)));
    assert_eq!(device.fact(raw::BH_CAP_TIME_SPAN), Ok(Some(Fact::Bool(true))));
    assert_eq!(device.whole_fact(raw::BH_CAP_TIME_SPAN), Ok(None));
    assert_eq!(device.fact(raw::BH_CAP_DIALECTS), Ok(Some(Fact::Words(vec!["native".into(), "opencl_c".into()]))));
    assert_eq!(device.fact(raw::BH_CAP_API_VERSION), Ok(Some(Fact::Version(300, "3.0.1".into()))));
    assert_eq!(device.fact("vendor.nothing"), Ok(None));
    assert!(device.fact(raw::BH_CAP_KIND).is_err());
    let span = device.last_span().unwrap().unwrap();
    assert_eq!((span.duration_ns, span.step_ns, span.iterations, span.gated()), (Some(70), None, 7, true));
    fail("last_span", raw::BH_E_NOT_FOUND);
    assert_eq!(device.last_span(), Ok(None));
    let event = device.event(raw::BH_EVENT_TIMES).unwrap();
    assert_eq!(event.poll(), Ok(true));
    let times = event.times().unwrap();
    assert_eq!((times.queued_ns, times.started_ns, times.ended_ns, times.step_ns), (None, Some(0), Some(9), None));
    fail("event_times", raw::BH_E_UNSUPPORTED);
    assert_eq!(event.times().unwrap_err().code(), raw::BH_E_UNSUPPORTED);
    drop(event);
    cycle.end();
}

#[test]
fn roles_say_who_is_who_and_what_is_cancelled() {
    assert!(Roles::find(&cycle(None, None)).unwrap().is_none());
    let short = cycle(None, Some(raw::bh_host_roles_t { struct_size: 16, ..roles() }));
    assert_eq!(
        Roles::find(&short).err(),
        Some(Error::argument("the host's table of roles has 16 bytes, 80 are needed"))
    );

    let cycle = cycle(None, Some(roles()));
    let peers = Roles::find(&cycle).unwrap().unwrap();
    assert_eq!((peers.index(), peers.member(), peers.incarnation()), (1, 3, 2));
    assert_eq!((peers.count(1), peers.count(2)), (Ok(1), Ok(0)));
    assert_eq!(peers.peer(1, 0), Ok(Peer { state: MemberState::Dead, incarnation: 2, since_ns: 100 }));
    assert!(peers.peer(0, 0).is_err());
    peers.barrier(1, None).unwrap();
    fail("barrier", raw::BH_E_CANCELLED);
    let cancelled = peers.barrier(2, Some(Duration::from_millis(5)));
    assert_eq!(cancelled, Err(Error::new(raw::BH_E_CANCELLED, "barrier: the host says why")));
    assert_eq!((peers.fetch::<u32>("port"), peers.fetch::<u32>("nothing")), (Ok(Some(8080)), Ok(None)));
    assert_eq!(peers.fetch::<u64>("port").unwrap_err().text(), "fetch 'port': 4 bytes were posted, not 8");
    assert_eq!(peers.fetch_bytes("port").unwrap().unwrap().len(), 4);
    assert_eq!(peers.stop(), Err(Error::unsupported("the host's table of roles has no stop")));
    assert!(peers.kill(1, 0).is_err() && peers.post("port", &1u32).is_err());

    let shared = peers.share::<AtomicU64>("control", 8).unwrap();
    assert_eq!(shared.len(), 8);
    assert!(
        peers.share::<AtomicU32>("control", 0).is_err()
            && peers.share::<[AtomicU64; 4]>("control", usize::MAX).is_err()
    );
    calls();
    let other = peers.share::<AtomicU32>("control", 16).err().unwrap();
    assert_eq!(other, Error::argument("share 'control': this worker has it with items of another type"));
    assert!(calls().is_empty());
    drop((peers.share::<AtomicU64>("control", 8).unwrap(), peers.share::<AtomicU32>("flags", 16).unwrap()));
    fail("alignment", 0);
    assert_eq!(peers.share::<AtomicU64>("control", 1).err().unwrap().code(), raw::BH_E_FAILED);
    fail("buffer_map", raw::BH_E_ARGUMENT);
    assert_eq!(peers.share::<AtomicU64>("control", 1).err().unwrap().text(), "share 'control': the host says why");
    drop(shared);
    // Ends the process if anything shared were still counted.
    cycle.end();
    assert!(catch_unwind(AssertUnwindSafe(|| peers.index())).is_err());
}
