//! Queues, what is enqueued on them, and events.

use std::mem::{forget, size_of, take};
use std::rc::Rc;

use crate::buffer::Buffer;
use crate::device::{device_call, device_try, DeviceCore, QueueState};
use crate::error::{Error, Result};
use crate::host::granted;
use crate::memory::Plain;
use crate::program::Args;
use crate::raw::{self, sized};

/// A queue of a device, in order: `Device::main_queue`, `Device::queue`. Commands are enqueued and not waited for,
/// unless they say so. In a queue run (a benchmark with a metric of domain Queue) only `dispatch`, `copy`, `fill`,
/// `flush` and `wait_for` may be used.
pub struct Queue {
    device: Rc<DeviceCore>,
    state: Rc<QueueState>,
    /// Destroyed with this handle; the main queue is the host's.
    own: bool,
}

/// The event's handle, or NULL for none.
fn handle(event: Option<&Event>, device: &DeviceCore) -> Result<*mut raw::bh_event_t> {
    match event {
        None => Ok(std::ptr::null_mut()),
        Some(event) if std::ptr::eq(&*event.device, device) => Ok(event.raw),
        Some(_) => Err(Error::argument("the event is of another device")),
    }
}

/// Memory for so many items. Errors: `BH_E_NO_MEMORY`.
fn room<T>(count: usize) -> Result<Vec<T>> {
    let mut items = Vec::new();
    let reserved = items.try_reserve_exact(count);
    reserved.map_err(|_| Error::new(raw::BH_E_NO_MEMORY, format!("there is no memory for {count} items of a transfer")))?;
    Ok(items)
}

impl Queue {
    pub(crate) fn main(device: &Rc<DeviceCore>) -> Queue {
        Queue { device: Rc::clone(device), state: device.main(), own: false }
    }
    pub(crate) fn create(device: &Rc<DeviceCore>, flags: u32) -> Result<Queue> {
        let mut raw = std::ptr::null_mut();
        device_try!(*device, queue_create, device.raw, flags, &mut raw)?;
        let state = device.add_queue(granted(raw, "queue_create")?);
        Ok(Queue { device: Rc::clone(device), state, own: true })
    }
    /// Runs so many groups of a program, each at least 1, with the values that `args` has now.
    ///
    /// # Safety
    /// With these values and groups the program touches nothing outside of the buffers that were bound, and its groups
    /// do not race for what they write. Until it has completed no command of another queue uses what it writes, or
    /// writes what it reads, unless one waits for the other (`wait_for`). Nobody checks that: a device may run in this
    /// process, and a native function always does.
    #[inline]
    pub unsafe fn dispatch(&self, args: &Args, groups: [u32; 3], event: Option<&Event>) -> Result<()> {
        let event = handle(event, &self.device)?;
        args.usable_by(&self.device)?;
        self.state.pending.set(true);
        device_try!(*self.device, dispatch, self.state.raw, args.raw(), groups.as_ptr(), event)
    }
    /// Buffer to buffer of this device, of any kinds; in one buffer the ranges do not overlap.
    pub fn copy(
        &self,
        from: &Buffer,
        from_offset_bytes: u64,
        to: &Buffer,
        to_offset_bytes: u64,
        size_bytes: u64,
        event: Option<&Event>,
    ) -> Result<()> {
        let event = handle(event, &self.device)?;
        from.core.usable_by(&self.device)?;
        to.core.usable_by(&self.device)?;
        self.state.pending.set(true);
        device_try!(
            *self.device,
            copy,
            self.state.raw,
            from.core.raw,
            from_offset_bytes,
            to.core.raw,
            to_offset_bytes,
            size_bytes,
            event
        )
    }
    /// Repeats a 32-bit pattern.
    pub fn fill(
        &self,
        buffer: &Buffer,
        offset_bytes: u64,
        size_bytes: u64,
        pattern: u32,
        event: Option<&Event>,
    ) -> Result<()> {
        let event = handle(event, &self.device)?;
        buffer.core.usable_by(&self.device)?;
        self.state.pending.set(true);
        device_try!(*self.device, fill, self.state.raw, buffer.core.raw, offset_bytes, size_bytes, pattern, event)
    }
    /// Hands all that is enqueued to the device; does not wait.
    pub fn flush(&self) -> Result<()> {
        device_try!(*self.device, queue_flush, self.state.raw)
    }
    /// Returns when every command enqueued so far has completed and its effects are visible.
    pub fn finish(&self) -> Result<()> {
        device_try!(*self.device, queue_finish, self.state.raw)?;
        self.state.pending.set(false);
        Ok(())
    }
    /// Later commands start only after the command that the event holds now; never waits itself.
    pub fn wait_for(&self, event: &Event) -> Result<()> {
        let event = handle(Some(event), &self.device)?;
        device_try!(*self.device, queue_wait, self.state.raw, event)
    }

    /// Uploads items and waits. They are copied first, so it is for what is not measured.
    pub fn write<T: Plain>(&self, to: &Buffer, offset_bytes: u64, items: &[T]) -> Result<()> {
        let mut copy = room(items.len())?;
        copy.extend_from_slice(items);
        self.write_from(to, offset_bytes, &mut copy, None)
    }
    /// Uploads straight from pageable memory and waits. Where the wait fails the device may read on: `items` is empty
    /// then, and its memory is never freed.
    pub fn write_from<T: Plain>(
        &self,
        to: &Buffer,
        offset_bytes: u64,
        items: &mut Vec<T>,
        event: Option<&Event>,
    ) -> Result<()> {
        let event = handle(event, &self.device)?;
        to.core.usable_by(&self.device)?;
        let size = (items.len() * size_of::<T>()) as u64;
        self.state.pending.set(true);
        device_try!(
            *self.device,
            write,
            self.state.raw,
            to.core.raw,
            offset_bytes,
            items.as_ptr().cast(),
            size,
            event
        )?;
        self.finish_with(items)
    }
    /// Waits for a copy that the device may go on with where that fails: the memory is never freed then.
    fn finish_with<T: Plain>(&self, items: &mut Vec<T>) -> Result<()> {
        self.finish().map_err(|error| {
            forget(take(items));
            error
        })
    }
    /// Downloads so many items and waits.
    pub fn read<T: Plain>(&self, from: &Buffer, offset_bytes: u64, count: usize) -> Result<Vec<T>> {
        let size = count.checked_mul(size_of::<T>()).map(|bytes| bytes as u64);
        if size.and_then(|size| size.checked_add(offset_bytes)).map_or(true, |end| end > from.size_bytes()) {
            return Err(Error::argument(format!("read: {count} items from byte {offset_bytes} are not in the buffer")));
        }
        let mut items = room(count)?;
        // Any bytes are a value of a plain type, zeroes included.
        items.resize(count, unsafe { std::mem::zeroed::<T>() });
        self.read_into(from, offset_bytes, &mut items, None)?;
        Ok(items)
    }
    /// Downloads straight into pageable memory, all of `items`, and waits. Where the wait fails the device may write
    /// on: `items` is empty then, and its memory is never freed.
    pub fn read_into<T: Plain>(
        &self,
        from: &Buffer,
        offset_bytes: u64,
        items: &mut Vec<T>,
        event: Option<&Event>,
    ) -> Result<()> {
        let event = handle(event, &self.device)?;
        from.core.usable_by(&self.device)?;
        let size = (items.len() * size_of::<T>()) as u64;
        self.state.pending.set(true);
        device_try!(
            *self.device,
            read,
            self.state.raw,
            from.core.raw,
            offset_bytes,
            items.as_mut_ptr().cast(),
            size,
            event
        )?;
        self.finish_with(items)
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        // The host refuses to destroy it in a queue run, without a word: it is forgotten only when nothing of it is left.
        if self.own && self.device.settled_for_drop() && device_call!(*self.device, queue_destroy, self.state.raw).is_ok()
        {
            self.device.forget_queue(&self.state);
        }
    }
}

/// When a command passed its stations, by the device's clock: only differences within one device mean anything. None:
/// not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventTimes {
    pub queued_ns: Option<i64>,
    pub submitted_ns: Option<i64>,
    pub started_ns: Option<i64>,
    pub ended_ns: Option<i64>,
    /// A difference below it is no duration.
    pub step_ns: Option<i64>,
}

/// Holds the command that it was last given to: `Device::event`.
pub struct Event {
    device: Rc<DeviceCore>,
    raw: *mut raw::bh_event_t,
}

impl Event {
    pub(crate) fn create(device: &Rc<DeviceCore>, flags: u32) -> Result<Event> {
        let mut raw = std::ptr::null_mut();
        device_try!(*device, event_create, device.raw, flags, &mut raw)?;
        Ok(Event { device: Rc::clone(device), raw: granted(raw, "event_create")? })
    }
    /// Waits for the command; its effects are visible then. Errors: `BH_E_STATE`: never recorded.
    pub fn wait(&self) -> Result<()> {
        device_try!(*self.device, event_wait, self.raw)
    }
    /// Whether it has completed; makes progress.
    pub fn poll(&self) -> Result<bool> {
        let mut done = 0;
        device_try!(*self.device, event_poll, self.raw, &mut done)?;
        Ok(done != 0)
    }
    /// Requires: it has completed. Errors: `BH_E_UNSUPPORTED`: the event, the queue or the API has no times.
    pub fn times(&self) -> Result<EventTimes> {
        let mut times: raw::bh_event_times_t = sized();
        device_try!(*self.device, event_times, self.raw, &mut times)?;
        let known = |bit: u32, value: i64| Some(value).filter(|_| times.valid & bit != 0);
        Ok(EventTimes {
            queued_ns: known(raw::BH_TIME_QUEUED, times.queued_ns),
            submitted_ns: known(raw::BH_TIME_SUBMITTED, times.submitted_ns),
            started_ns: known(raw::BH_TIME_STARTED, times.started_ns),
            ended_ns: known(raw::BH_TIME_ENDED, times.ended_ns),
            step_ns: Some(times.step_ns).filter(|step| *step != 0),
        })
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        // May be called before the command completed.
        if self.device.cycle.lasts() {
            let _ = device_call!(*self.device, event_destroy, self.raw);
        }
    }
}
