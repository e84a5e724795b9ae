//! Programs as functions of the plugin: the dialect `native`. They run on threads of a backend, several at a time; a
//! panic is kept there and fails the next call of the benchmark.

use std::marker::PhantomData;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Mutex;

use crate::error::{panic_text, whole, Error, Result};
use crate::memory::Plain;
use crate::program::Scalar;
use crate::raw;

/// The box of groups that one call computes: boxes of one dispatch are disjoint, cover it, and may run at the same
/// time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NativeRange {
    /// 0 to `worker_count` - 1: for scratch per thread.
    pub worker_index: u32,
    pub worker_count: u32,
    /// First group.
    pub begin: [u32; 3],
    /// One past the last.
    pub end: [u32; 3],
    pub groups: [u32; 3],
    pub group_size: [u32; 3],
}

/// What a native function is given, by the places of `Device::build`. Must not be kept.
pub struct NativeArgs<'a> {
    raw: &'a raw::bh_native_args_t,
}

impl NativeArgs<'_> {
    /// The first item of a buffer. How many there are only the author knows; other boxes of the dispatch may use it
    /// meanwhile. Panics if there is no such parameter.
    pub fn buffer<T: Plain>(&self, parameter: usize) -> *mut T {
        assert!(
            parameter < self.raw.value_count as usize,
            "the native function was given {} values",
            self.raw.value_count
        );
        // As many as it counts.
        unsafe { *self.raw.values.add(parameter) }.cast()
    }
    /// # Safety
    /// The parameter is a buffer that has these items, and nothing writes to them while they are borrowed.
    pub unsafe fn items<T: Plain>(&self, parameter: usize, from: usize, to: usize) -> &[T] {
        assert!(from <= to, "items {from} to {to}");
        // By the caller's promise.
        unsafe { std::slice::from_raw_parts(self.buffer::<T>(parameter).add(from), to - from) }
    }
    /// # Safety
    /// The parameter is a buffer that has these items, and nothing else uses them while they are borrowed.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn items_mut<T: Plain>(&self, parameter: usize, from: usize, to: usize) -> &mut [T] {
        assert!(from <= to, "items {from} to {to}");
        // As above.
        unsafe { std::slice::from_raw_parts_mut(self.buffer::<T>(parameter).add(from), to - from) }
    }
    /// # Safety
    /// The parameter is a scalar of this type.
    pub unsafe fn scalar<T: Scalar>(&self, parameter: usize) -> T {
        assert!(
            parameter < self.raw.value_count as usize,
            "the native function was given {} values",
            self.raw.value_count
        );
        // By the caller's promise; it is aligned.
        unsafe { *(*self.raw.values.add(parameter)).cast::<T>() }
    }
    /// By the place of `Source::constant`.
    ///
    /// # Safety
    /// The constant is of this type.
    pub unsafe fn constant<T: Scalar>(&self, place: usize) -> T {
        assert!(
            place < self.raw.constant_count as usize,
            "the native function was given {} constants",
            self.raw.constant_count
        );
        // As above.
        unsafe { *(*self.raw.constants.add(place)).cast::<T>() }
    }
}

/// What went wrong in a native function, until somebody asks.
static FAILED: AtomicBool = AtomicBool::new(false);
static FAILURE: Mutex<Option<String>> = Mutex::new(None);

fn note(text: String) {
    let mut failure = FAILURE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    failure.get_or_insert(text);
    // While it is locked: who takes the text must not lower the flag of another.
    FAILED.store(true, Ordering::Release);
}

/// How a call ended, native functions that ran meanwhile included.
pub(crate) fn blamed<T>(ended: Result<T>) -> Result<T> {
    if !FAILED.load(Ordering::Acquire) {
        return ended;
    }
    let text = {
        let mut failure = FAILURE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        FAILED.store(false, Ordering::Release);
        failure.take().unwrap_or_default()
    };
    Err(match ended {
        Ok(_) => Error::failed(text),
        Err(error) => Error::new(error.code(), format!("{}; {text}", error.text())),
    })
}

/// A function without a state of its own, as a function of the C interface.
pub(crate) struct Native<F>(PhantomData<F>);

impl<F: Fn(&NativeRange, &NativeArgs) + Copy + Send + Sync + 'static> Native<F> {
    const STATELESS: () = assert!(std::mem::size_of::<F>() == 0, "a native function captures nothing");

    /// `_function` shows that there is one; nothing of it has to be kept.
    pub(crate) fn function(_function: F) -> raw::bh_native_fn_t {
        #[allow(clippy::let_unit_value)]
        let () = Self::STATELESS;
        Some(call::<F>)
    }
}

unsafe extern "C" fn call<F: Fn(&NativeRange, &NativeArgs) + Copy + Send + Sync + 'static>(
    range: *const raw::bh_native_range_t,
    args: *const raw::bh_native_args_t,
) {
    let ended = catch_unwind(AssertUnwindSafe(|| -> Result<()> {
        let (range, args) = unsafe { (whole(range, "the range of a native function")?, whole(args, "its arguments")?) };
        // Of no bytes, so any aligned place is one, and `Native::function` had one that may be copied and sent.
        let function: F = unsafe { std::ptr::read(std::ptr::NonNull::<F>::dangling().as_ptr()) };
        let range = NativeRange {
            worker_index: range.worker_index,
            worker_count: range.worker_count,
            begin: range.begin,
            end: range.end,
            groups: range.groups,
            group_size: range.group_size,
        };
        function(&range, &NativeArgs { raw: args });
        Ok(())
    }));
    match ended {
        Ok(Ok(())) => {}
        Ok(Err(error)) => note(error.text().to_string()),
        Err(payload) => note(format!("a native function: {}", panic_text(payload))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raw::sized;
    use std::os::raw::c_void;

    fn double(range: &NativeRange, args: &NativeArgs) {
        // The test gives a buffer of 4 items and a factor, and one constant.
        let (items, factor) = unsafe { (args.items_mut::<u32>(0, 0, 4), args.scalar::<u32>(1)) };
        for item in &mut items[range.begin[0] as usize..range.end[0] as usize] {
            *item = *item * factor + unsafe { args.constant::<u32>(0) };
        }
    }

    #[test]
    fn a_native_function_is_called_with_its_values_and_what_goes_wrong_is_kept() {
        let _alone = crate::fake::NATIVE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let mut items = [1u32, 2, 3, 4];
        let (mut factor, added) = (10u32, 5u32);
        let values = [items.as_mut_ptr().cast::<c_void>(), (&mut factor as *mut u32).cast()];
        let constants = [(&added as *const u32).cast::<c_void>()];
        let range = raw::bh_native_range_t { begin: [1, 0, 0], end: [3, 1, 1], ..sized() };
        let args = raw::bh_native_args_t {
            value_count: 2,
            values: values.as_ptr(),
            constants: constants.as_ptr(),
            constant_count: 1,
            ..sized()
        };
        let function = Native::function(double).unwrap();
        unsafe { function(&range, &args) };
        assert_eq!(items, [1, 25, 35, 4]);
        assert_eq!(blamed(Ok(())), Ok(()));

        unsafe { function(&raw::bh_native_range_t { struct_size: 16, ..range }, &args) };
        assert_eq!(blamed(Ok(())), Err(Error::failed("the range of a native function has 16 bytes, 64 are needed")));
        unsafe { function(&range, std::ptr::null()) };
        assert_eq!(
            blamed::<()>(Err(Error::unsupported("no"))),
            Err(Error::unsupported("no; its arguments has 0 bytes, 32 are needed"))
        );
        unsafe { Native::function(|_: &NativeRange, _: &NativeArgs| panic!("planted")).unwrap()(&range, &args) };
        unsafe {
            Native::function(|_: &NativeRange, args: &NativeArgs| assert!(!args.buffer::<u8>(2).is_null())).unwrap()(
                &range, &args,
            )
        };
        assert_eq!(blamed(Ok(())), Err(Error::failed("a native function: the plugin panicked: planted")));
        assert_eq!(blamed(Ok(())), Ok(()));
        assert_eq!(items, [1, 25, 35, 4]);
    }
}
