//! Memory of a device, or seen by it.

use std::cell::Cell;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use crate::device::{device_call, device_try, DeviceCore};
use crate::error::{Error, Result};
use crate::host::granted;
use crate::memory::Plain;
use crate::raw::{self, sized};

/// Where a buffer lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BufferKind {
    /// Device memory: program argument, copies; never mapped.
    Device,
    /// Page-locked host memory: copies and map; never a program argument.
    Pinned,
    /// One memory for both sides.
    Mapped,
}

/// What the host will map a buffer for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    None,
    Read,
    Write,
    ReadWrite,
}

impl Access {
    fn number(self) -> u32 {
        match self {
            Access::None => 0,
            Access::Read => raw::BH_ACCESS_READ,
            Access::Write => raw::BH_ACCESS_WRITE,
            Access::ReadWrite => raw::BH_ACCESS_READ_WRITE,
        }
    }
}

/// How a buffer is asked for. `Default`: nothing of device memory that is never mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BufferRequest {
    /// A multiple of 4, not 0.
    pub size_bytes: u64,
    pub kind: BufferKind,
    pub access: Access,
    /// The memory is there when the buffer is made, or making it fails.
    pub commit: bool,
}

impl Default for BufferRequest {
    fn default() -> Self {
        BufferRequest { size_bytes: 0, kind: BufferKind::Device, access: Access::None, commit: false }
    }
}

pub(crate) struct BufferCore {
    pub(crate) device: Rc<DeviceCore>,
    pub(crate) raw: *mut raw::bh_buffer_t,
    size_bytes: u64,
    mapped: Cell<bool>,
    /// Of a view: it outlives this one.
    parent: Option<Rc<BufferCore>>,
}

impl BufferCore {
    fn unmap(&self) {
        self.mapped.set(false);
        self.device.maps.set(self.device.maps.get() - 1);
        if self.device.cycle.lasts() {
            self.device.cycle.block_freed();
            // An unmap that failed leaves the buffer mapped for the host, which refuses the next command on it.
            let _ = device_try!(*self.device, buffer_unmap, self.raw);
        }
    }
    /// Errors: bytes of the buffer are lent to somebody, or it is of another device.
    #[inline]
    pub(crate) fn usable_by(&self, device: &DeviceCore) -> Result<()> {
        if !std::ptr::eq(&*self.device, device) {
            return Err(Error::argument("the buffer is of another device"));
        }
        if device.maps.get() > 0
            && (self.mapped.get() || self.parent.as_ref().map_or(false, |parent| parent.mapped.get()))
        {
            return Err(Error::argument("the buffer is mapped"));
        }
        Ok(())
    }
}

impl Drop for BufferCore {
    fn drop(&mut self) {
        if self.mapped.get() {
            // Its guard was forgotten.
            self.unmap();
        }
        if self.device.settled_for_drop() {
            let _ = device_call!(*self.device, buffer_destroy, self.raw);
        }
    }
}

/// A buffer: `Device::buffer`. Handed back when it, and the arguments and views that name it, are dropped.
pub struct Buffer {
    pub(crate) core: Rc<BufferCore>,
}

impl Buffer {
    pub(crate) fn create(device: &Rc<DeviceCore>, request: BufferRequest) -> Result<Buffer> {
        let desc = raw::bh_buffer_desc_t {
            kind: match request.kind {
                BufferKind::Device => raw::BH_BUFFER_DEVICE,
                BufferKind::Pinned => raw::BH_BUFFER_PINNED,
                BufferKind::Mapped => raw::BH_BUFFER_MAPPED,
            },
            size_bytes: request.size_bytes,
            host_access: request.access.number(),
            flags: if request.commit { raw::BH_BUFFER_COMMIT } else { 0 },
            ..sized()
        };
        let mut raw = std::ptr::null_mut();
        device_try!(*device, buffer_create, device.raw, &desc, &mut raw)?;
        Ok(Buffer::new(device, granted(raw, "buffer_create")?, request.size_bytes, None))
    }
    fn new(
        device: &Rc<DeviceCore>,
        raw: *mut raw::bh_buffer_t,
        size_bytes: u64,
        parent: Option<Rc<BufferCore>>,
    ) -> Buffer {
        let core = BufferCore { device: Rc::clone(device), raw, size_bytes, mapped: Cell::new(false), parent };
        Buffer { core: Rc::new(core) }
    }
    pub fn size_bytes(&self) -> u64 {
        self.core.size_bytes
    }
    /// A part of this one, used like any buffer but never mapped. `offset_bytes`: a multiple of `mem.sub.align.bytes`.
    pub fn view(&self, offset_bytes: u64, size_bytes: u64) -> Result<Buffer> {
        let device = &self.core.device;
        let mut raw = std::ptr::null_mut();
        device_try!(*device, buffer_view, self.core.raw, offset_bytes, size_bytes, &mut raw)?;
        Ok(Buffer::new(device, granted(raw, "buffer_view")?, size_bytes, Some(Rc::clone(&self.core))))
    }
    /// Waits for what was enqueued on the device, and lends the whole buffer for reading. While the guard lives no
    /// command may use the buffer. Errors: a kind or access that is not mapped so; a size that is no multiple of the
    /// items'.
    pub fn map<T: Plain>(&mut self) -> Result<Mapped<'_, T>> {
        Ok(Mapped(self.mapping(raw::BH_ACCESS_READ)?))
    }
    /// The same for writing; what was there before is lost.
    pub fn map_new<T: Plain>(&mut self) -> Result<MappedMut<'_, T>> {
        Ok(MappedMut(self.mapping(raw::BH_ACCESS_WRITE)?))
    }
    /// The same for reading and writing.
    pub fn map_mut<T: Plain>(&mut self) -> Result<MappedMut<'_, T>> {
        Ok(MappedMut(self.mapping(raw::BH_ACCESS_READ_WRITE)?))
    }
    fn mapping<T: Plain>(&mut self, access: u32) -> Result<Mapping<'_, T>> {
        let core = &*self.core;
        let item = std::mem::size_of::<T>() as u64;
        let items = core.size_bytes.checked_div(item).filter(|items| items * item == core.size_bytes);
        let items =
            items.and_then(|items| usize::try_from(items).ok()).filter(|_| core.size_bytes <= isize::MAX as u64);
        let items =
            items.ok_or_else(|| Error::argument(format!("{} bytes are no items of {item}", core.size_bytes)))?;
        if core.mapped.get() {
            return Err(Error::new(raw::BH_E_STATE, "buffer_map: the buffer is mapped already"));
        }
        core.device.settle()?;
        let mut pointer = std::ptr::null_mut();
        device_try!(*core.device, buffer_map, core.raw, access, &mut pointer)?;
        core.mapped.set(true);
        core.device.maps.set(core.device.maps.get() + 1);
        core.device.cycle.block_taken();
        let mapping = Mapping { core, pointer: pointer.cast(), items, _bytes: PhantomData };
        if pointer.is_null() || pointer as usize % std::mem::align_of::<T>() != 0 {
            return Err(Error::failed(format!(
                "buffer_map: the host granted {pointer:p}, which is no memory for such items"
            )));
        }
        Ok(mapping)
    }
}

struct Mapping<'b, T: Plain> {
    core: &'b BufferCore,
    pointer: *mut T,
    items: usize,
    _bytes: PhantomData<&'b mut T>,
}

impl<T: Plain> Drop for Mapping<'_, T> {
    fn drop(&mut self) {
        self.core.unmap();
    }
}

/// A mapped buffer, to read. One that is alive after its benchmark has been dropped (leaked) ends the process, as a
/// `Memory` does.
pub struct Mapped<'b, T: Plain>(Mapping<'b, T>);

/// The same, to write.
pub struct MappedMut<'b, T: Plain>(Mapping<'b, T>);

impl<T: Plain> Deref for Mapped<'_, T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        // The host's until buffer_unmap, which drop calls; no command uses it meanwhile.
        unsafe { std::slice::from_raw_parts(self.0.pointer, self.0.items) }
    }
}

impl<T: Plain> Deref for MappedMut<'_, T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        // As above.
        unsafe { std::slice::from_raw_parts(self.0.pointer, self.0.items) }
    }
}

impl<T: Plain> DerefMut for MappedMut<'_, T> {
    fn deref_mut(&mut self) -> &mut [T] {
        // As above, and the buffer is borrowed alone.
        unsafe { std::slice::from_raw_parts_mut(self.0.pointer, self.0.items) }
    }
}
