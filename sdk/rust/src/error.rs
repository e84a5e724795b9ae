//! Why a call failed.

use std::any::Any;
use std::ffi::{CStr, CString};
use std::fmt;
use std::os::raw::c_char;

use crate::raw;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A status code and the text that goes with it: what, which item, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    code: i32,
    text: String,
}

impl Error {
    /// `code`: one of `raw::BH_E_*`; any other becomes `BH_E_FAILED`.
    pub fn new(code: i32, text: impl Into<String>) -> Self {
        let known = (raw::BH_E_CRASHED..raw::BH_OK).contains(&code);
        Error { code: if known { code } else { raw::BH_E_FAILED }, text: text.into() }
    }
    pub fn failed(text: impl Into<String>) -> Self {
        Error::new(raw::BH_E_FAILED, text)
    }
    /// This machine, device or host cannot do it: the case is skipped with the text.
    pub fn unsupported(text: impl Into<String>) -> Self {
        Error::new(raw::BH_E_UNSUPPORTED, text)
    }
    pub fn argument(text: impl Into<String>) -> Self {
        Error::new(raw::BH_E_ARGUMENT, text)
    }
    pub fn code(&self) -> i32 {
        self.code
    }
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Error {}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Error::new(raw::BH_E_IO, error.to_string())
    }
}

/// What a panic said. Its payload is kept for ever: to drop it might panic again.
pub(crate) fn panic_text(payload: Box<dyn Any + Send>) -> String {
    let said = payload
        .downcast_ref::<&str>()
        .map(|text| text.to_string())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a text".to_string());
    std::mem::forget(payload);
    format!("the plugin panicked: {said}")
}

/// What the other side points to, unless it is shorter than the version that was negotiated has it.
///
/// # Safety
/// `given` is NULL or points to a struct as long as its `struct_size` says, for all of `'a`.
pub(crate) unsafe fn whole<'a, T: raw::Growing>(given: *const T, what: &str) -> Result<&'a T> {
    // The size is read first: nothing beyond it exists.
    let size = if given.is_null() { 0 } else { unsafe { *(given as *const u32) } };
    if (size as usize) < std::mem::size_of::<T>() {
        return Err(Error::argument(format!("{what} has {size} bytes, {} are needed", std::mem::size_of::<T>())));
    }
    // By the caller's promise, and long enough.
    Ok(unsafe { &*given })
}

/// A text as C has it; what follows a 0 is left out.
pub(crate) fn c_text(text: &str) -> CString {
    CString::new(text.split('\0').next().unwrap_or("")).unwrap_or_default()
}

/// # Safety
/// `text` is NULL or points to bytes that end with a 0 and outlive the answer.
pub(crate) unsafe fn text_of<'a>(text: *const c_char) -> &'a str {
    if text.is_null() {
        return "";
    }
    // By the caller's promise.
    unsafe { CStr::from_ptr(text) }.to_str().unwrap_or("")
}
