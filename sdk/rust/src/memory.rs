//! Memory of the host: aligned, touched, on the right node, and counted against the case's claim.

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use crate::error::{Error, Result};
use crate::host::{call, checked, Cycle};
use crate::raw::{self, sized};

/// Types of which any bytes, zeroes included, are a value.
///
/// # Safety
/// No padding, no reference, no bytes that are not allowed.
pub unsafe trait Plain: Copy + 'static {}

macro_rules! plain {
    ($($type:ty),+) => { $(unsafe impl Plain for $type {})+ };
}
plain!(u8, i8, u16, i16, u32, i32, u64, i64, u128, i128, usize, isize, f32, f64);
unsafe impl<T: Plain, const N: usize> Plain for [T; N] {}

/// How memory is asked for. `Default`: any node, ordinary pages, a cache line's alignment at least.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryRequest {
    /// A power of two; 0: a cache line.
    pub alignment_bytes: u64,
    /// `raw::BH_MEMORY_*`, joined.
    pub flags: u32,
    /// None: any.
    pub node: Option<u32>,
}

/// A slice in memory of the host; given back when it is dropped. The host takes back what is left when the cycle ends, and a
/// leaked `Memory` lends slices that last for ever, so one that is alive after its benchmark has been dropped (leaked, or hidden
/// away) ends the process, with a line on standard error.
pub struct Memory<T: Plain> {
    cycle: Rc<Cycle>,
    data: *mut T,
    length: usize,
    page_bytes: u64,
    _items: PhantomData<T>,
}

impl<T: Plain> Memory<T> {
    pub(crate) fn take(cycle: &Rc<Cycle>, length: usize, request: MemoryRequest) -> Result<Self> {
        let size = length.checked_mul(std::mem::size_of::<T>()).filter(|bytes| *bytes <= isize::MAX as usize);
        let size = size.ok_or_else(|| Error::new(raw::BH_E_NO_MEMORY, format!("{length} items are more than memory can hold")))?;
        if size == 0 {
            let data = std::ptr::NonNull::dangling().as_ptr();
            return Ok(Memory { cycle: cycle.clone(), data, length, page_bytes: 0, _items: PhantomData });
        }
        let mut memory = raw::bh_memory_t {
            flags: request.flags,
            size_bytes: size as u64,
            alignment_bytes: request.alignment_bytes.max(std::mem::align_of::<T>() as u64),
            node: request.node.map_or(raw::BH_NODE_ANY, |node| i32::try_from(node).unwrap_or(i32::MAX)),
            ..sized()
        };
        // Alignments up to that of a cache line are what 0 gives.
        if memory.alignment_bytes <= 64 && request.alignment_bytes == 0 {
            memory.alignment_bytes = 0;
        }
        checked(cycle, call!(cycle, memory_take, &mut memory), "memory_take")?;
        let data = memory.data.cast::<T>();
        if data.is_null() || data as usize % std::mem::align_of::<T>() != 0 {
            return Err(Error::failed(format!("memory_take: the host granted {data:p}, which is no memory for such items")));
        }
        cycle.block_taken();
        Ok(Memory { cycle: cycle.clone(), data, length, page_bytes: memory.page_bytes, _items: PhantomData })
    }
    /// Of the pages behind it; None: unknown.
    pub fn page_bytes(&self) -> Option<u64> {
        Some(self.page_bytes).filter(|bytes| *bytes != 0)
    }
}

impl<T: Plain> Deref for Memory<T> {
    type Target = [T];
    #[inline]
    fn deref(&self) -> &[T] {
        // The host zeroed it, and it is ours until it is dropped: the cycle does not end before that.
        unsafe { std::slice::from_raw_parts(self.data, self.length) }
    }
}

impl<T: Plain> DerefMut for Memory<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        // As above, and borrowed alone.
        unsafe { std::slice::from_raw_parts_mut(self.data, self.length) }
    }
}

impl<T: Plain> Drop for Memory<T> {
    fn drop(&mut self) {
        // Nothing was asked of the host for no bytes.
        if self.length > 0 && std::mem::size_of::<T>() > 0 {
            call!(self.cycle, memory_free, self.data.cast());
            self.cycle.block_freed();
        }
    }
}
