//! Values of parameters and settings, by name: compared with what was declared before anybody reads them.

use std::cmp::Ordering;

use crate::error::{text_of, Error, Result};
use crate::raw;

/// Values by name. What is asked for by a name or type that was not declared panics: that is a mistake of the author.
#[derive(Clone, Copy)]
pub struct Values<'a> {
    declared: &'a [raw::bh_param_t],
    given: &'a [raw::bh_value_t],
    /// "parameter", "setting".
    what: &'static str,
}

macro_rules! value {
    ($(#[$doc:meta])* $name:ident, $type:path, $member:ident, $rust:ty) => {
        $(#[$doc])*
        /// Panics if there is nothing of this name and type.
        pub fn $name(&self, name: &str) -> $rust {
            self.value(name, $type).$member
        }
    };
}

impl<'a> Values<'a> {
    /// Errors: fewer values than are declared, or one that is not allowed.
    ///
    /// # Safety
    /// `given` points to `count` whole values, or `count` is 0; both sides live as long as `'a`.
    pub(crate) unsafe fn new(
        declared: &'a [raw::bh_param_t],
        given: *const raw::bh_value_t,
        count: u32,
        what: &'static str,
    ) -> Result<Self> {
        if (count as usize) < declared.len() || (!declared.is_empty() && given.is_null()) {
            return Err(Error::argument(format!("{count} {what}s for {} that are declared", declared.len())));
        }
        let given: &[raw::bh_value_t] = if declared.is_empty() {
            &[]
        } else {
            // By the caller's promise; what is beyond the declared ones is not looked at.
            unsafe { std::slice::from_raw_parts(given, declared.len()) }
        };
        for (declared, value) in declared.iter().zip(given) {
            unsafe { check(declared, value, what) }?;
        }
        Ok(Values { declared, given, what })
    }
    value!(u64, raw::BH_TYPE_UINT, u, u64);
    value!(i64, raw::BH_TYPE_INT, i, i64);
    value!(f64, raw::BH_TYPE_DOUBLE, f, f64);
    /// As u64, as the length of a slice.
    pub fn length(&self, name: &str) -> Result<usize> {
        let value = self.u64(name);
        usize::try_from(value).map_err(|_| Error::argument(format!("{name} = {value} is no length on this machine")))
    }
    pub fn bool(&self, name: &str) -> bool {
        self.value(name, raw::BH_TYPE_BOOL).u != 0
    }
    pub fn text(&self, name: &str) -> &'a str {
        text_value(self.value(name, raw::BH_TYPE_STRING))
    }
    /// The id of the choice.
    pub fn choice(&self, name: &str) -> &'a str {
        text_value(self.value(name, raw::BH_TYPE_ENUM))
    }
    pub fn list_of_u64(&self, name: &str) -> Vec<u64> {
        self.items(name, raw::BH_TYPE_UINT).iter().map(|item| item.u).collect()
    }
    pub fn list_of_i64(&self, name: &str) -> Vec<i64> {
        self.items(name, raw::BH_TYPE_INT).iter().map(|item| item.i).collect()
    }
    pub fn list_of_f64(&self, name: &str) -> Vec<f64> {
        self.items(name, raw::BH_TYPE_DOUBLE).iter().map(|item| item.f).collect()
    }
    pub fn list_of_texts(&self, name: &str) -> Vec<&'a str> {
        self.items(name, raw::BH_TYPE_STRING).iter().map(text_value).collect()
    }

    fn value(&self, name: &str, kind: u32) -> &'a raw::bh_value_t {
        // Names of what is declared are this plugin's own.
        let place = self.declared.iter().position(|declared| unsafe { text_of(declared.name) } == name);
        let place = place.unwrap_or_else(|| panic!("the benchmark has no {} '{name}'", self.what));
        let value = &self.given[place];
        assert!(value.ty == kind, "{} '{name}' is of another type: {:#x}, not {kind:#x}", self.what, value.ty);
        value
    }
    fn items(&self, name: &str, kind: u32) -> &'a [raw::bh_value_t] {
        let list = self.value(name, raw::BH_TYPE_LIST | kind);
        if list.count == 0 {
            return &[];
        }
        // Items of a list lie behind it, as many as it counts.
        unsafe { std::slice::from_raw_parts(list.items, list.count as usize) }
    }
}

fn text_value(value: &raw::bh_value_t) -> &str {
    // Texts of values live as long as the values.
    unsafe { text_of(value.s) }
}

/// The members of a value that its type names, compared.
fn order(a: &raw::bh_value_t, b: &raw::bh_value_t) -> Option<Ordering> {
    match a.ty {
        raw::BH_TYPE_INT => a.i.partial_cmp(&b.i),
        raw::BH_TYPE_UINT => a.u.partial_cmp(&b.u),
        raw::BH_TYPE_DOUBLE => a.f.partial_cmp(&b.f),
        raw::BH_TYPE_BOOL => (a.u != 0).partial_cmp(&(b.u != 0)),
        // Texts of values and of descriptors end with a 0.
        raw::BH_TYPE_STRING | raw::BH_TYPE_ENUM => unsafe { text_of(a.s).partial_cmp(text_of(b.s)) },
        _ => None,
    }
}

/// Whether one value, or one item of a list, is of the type and within what was declared.
///
/// # Safety
/// The lists of `declared` are whole.
unsafe fn allowed(declared: &raw::bh_param_t, value: &raw::bh_value_t) -> bool {
    let wanted = declared.ty & !raw::BH_TYPE_LIST;
    let text = wanted == raw::BH_TYPE_STRING || wanted == raw::BH_TYPE_ENUM;
    if value.ty != wanted || (wanted == raw::BH_TYPE_DOUBLE && !value.f.is_finite()) || (text && value.s.is_null()) {
        return false;
    }
    let bound =
        |bound: &raw::bh_value_t, wrong: Ordering| bound.ty == raw::BH_TYPE_NONE || order(value, bound) != Some(wrong);
    let choices = &declared.choices;
    let chosen = choices.count == 0
        || (0..choices.count as usize)
            .any(|index| order(value, unsafe { &*choices.items.add(index) }) == Some(Ordering::Equal));
    bound(&declared.minimum, Ordering::Less) && bound(&declared.maximum, Ordering::Greater) && chosen
}

/// Errors: BH_E_ARGUMENT with the name.
///
/// # Safety
/// Names and lists of both are whole.
pub(crate) unsafe fn check(declared: &raw::bh_param_t, value: &raw::bh_value_t, what: &str) -> Result<()> {
    let good = if declared.ty & raw::BH_TYPE_LIST == 0 {
        unsafe { allowed(declared, value) }
    } else {
        let most = if declared.max_count == 0 { raw::BH_MAX_ITEMS } else { declared.max_count };
        let counted =
            (declared.min_count..=most).contains(&value.count) && (value.count == 0 || !value.items.is_null());
        value.ty == declared.ty
            && counted
            && (0..value.count as usize).all(|index| unsafe { allowed(declared, &*value.items.add(index)) })
    };
    if good {
        return Ok(());
    }
    let name = unsafe { text_of(declared.name) };
    Err(Error::argument(format!("{what} '{name}' has a value that the benchmark does not allow")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Param, Value};

    /// Whether a parameter takes a value.
    fn takes(param: Param, value: impl Into<Value>) -> bool {
        unsafe { check(&param.raw(), &value.into().raw(), "parameter") }.is_ok()
    }

    #[test]
    fn values_outside_of_what_was_declared_are_refused() {
        let uint = || Param::new("n", 4u64, "a uint").range(1u64, 8u64);
        assert!(takes(uint(), 1u64) && takes(uint(), 8u64));
        assert!(!takes(uint(), 0u64) && !takes(uint(), 9u64) && !takes(uint(), u64::MAX));
        assert!(!takes(uint(), 4i64) && !takes(uint(), "4"));
        let int = || Param::new("i", 0i64, "an int").at_least(-2i64);
        assert!(takes(int(), -2i64) && takes(int(), i64::MAX) && !takes(int(), -3i64));
        let double = || Param::new("f", 0.5, "a double").range(0.0, 1.0);
        assert!(
            takes(double(), 1.0)
                && !takes(double(), 1.5)
                && !takes(double(), f64::NAN)
                && !takes(double(), f64::INFINITY)
        );
        let choice =
            || Param::new("e", Value::choice("a"), "an enum").choices([Value::choice("a"), Value::choice("b")]);
        assert!(takes(choice(), Value::choice("b")) && !takes(choice(), Value::choice("c")) && !takes(choice(), "a"));
        let list = || Param::new("l", Value::list([1u64, 2]), "a list").range(1u64, 3u64).counts(1, 2);
        assert!(takes(list(), Value::list([3u64])));
        assert!(
            !takes(list(), Value::list([3u64, 4])) && !takes(list(), Value::list([1u64, 1, 1])) && !takes(list(), 1u64)
        );
        assert!(!takes(list(), Value::List(Box::new(Value::Uint(0)), vec![])));
        assert!(takes(Param::new("b", true, "a bool"), false) && takes(Param::new("s", "", "a string"), "any"));
    }
}
