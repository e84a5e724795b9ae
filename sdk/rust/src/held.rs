//! Values of the C interface with the texts and lists behind them, for as long as they are held.

use std::ffi::CString;
use std::ptr::null;

use crate::about::{none, Value};
use crate::error::{c_text, text_of};
use crate::raw;

/// Values in order. What they point to does not move when the owner does.
#[derive(Default)]
pub(crate) struct Held {
    values: Vec<raw::bh_value_t>,
    texts: Vec<CString>,
    lists: Vec<Vec<raw::bh_value_t>>,
}

impl Held {
    /// Copies of what the host gave for the length of a call.
    ///
    /// # Safety
    /// `values` points to `count` whole values, or is NULL.
    pub(crate) unsafe fn copied(values: *const raw::bh_value_t, count: u32) -> Held {
        let mut held = Held::default();
        if !values.is_null() {
            for index in 0..count as usize {
                // By the caller's promise.
                let copy = held.copy(unsafe { &*values.add(index) });
                held.values.push(copy);
            }
        }
        held
    }
    /// `None`: left open.
    pub(crate) fn of(values: &[Option<Value>]) -> Held {
        let mut held = Held::default();
        for value in values {
            let raw = value.as_ref().map_or_else(none, |value| held.made(value));
            held.values.push(raw);
        }
        held
    }
    pub(crate) fn values(&self) -> &[raw::bh_value_t] {
        &self.values
    }
    fn text(&mut self, text: CString) -> *const std::os::raw::c_char {
        let place = text.as_ptr();
        self.texts.push(text);
        place
    }
    fn list(&mut self, items: Vec<raw::bh_value_t>) -> *const raw::bh_value_t {
        let place = if items.is_empty() { null() } else { items.as_ptr() };
        self.lists.push(items);
        place
    }
    fn copy(&mut self, value: &raw::bh_value_t) -> raw::bh_value_t {
        let mut copy = *value;
        if !value.s.is_null() {
            // A text of a value ends with a 0.
            copy.s = self.text(c_text(unsafe { text_of(value.s) }));
        }
        if value.count > 0 && !value.items.is_null() {
            // As many items as it counts.
            let items = unsafe { std::slice::from_raw_parts(value.items, value.count as usize) };
            let items = items.iter().map(|item| self.copy(item)).collect();
            copy.items = self.list(items);
        }
        copy
    }
    fn made(&mut self, value: &Value) -> raw::bh_value_t {
        let empty = raw::bh_value_t { ty: value.type_number(), ..none() };
        match value {
            Value::Int(i) => raw::bh_value_t { i: *i, ..empty },
            Value::Uint(u) => raw::bh_value_t { u: *u, ..empty },
            Value::Double(f) => raw::bh_value_t { f: *f, ..empty },
            Value::Bool(b) => raw::bh_value_t { u: u64::from(*b), ..empty },
            Value::Text(text) | Value::Choice(text) => raw::bh_value_t { s: self.text(c_text(text)), ..empty },
            Value::List(_, items) => {
                let items: Vec<_> = items.iter().map(|item| self.made(item)).collect();
                raw::bh_value_t { count: items.len() as u32, items: self.list(items), ..empty }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_outlives_what_it_was_made_of() {
        let made = Held::of(&[Some(Value::list(["a", "b"])), None, Some(Value::Uint(7))]);
        let copy = unsafe { Held::copied(made.values().as_ptr(), made.values().len() as u32) };
        drop(made);
        let values = copy.values();
        assert_eq!((values[0].count, values[1].ty, values[2].u), (2, raw::BH_TYPE_NONE, 7));
        assert_eq!(unsafe { text_of((*values[0].items.add(1)).s) }, "b");
        assert!(unsafe { Held::copied(null(), 3) }.values().is_empty());
    }
}
