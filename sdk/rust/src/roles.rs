//! Cases of several workers that know of each other: `benchhost/roles.h` says what each role may do. `Role` names them
//! in the descriptor.

use std::any::TypeId;
use std::marker::PhantomData;
use std::ops::Deref;
use std::os::raw::{c_char, c_void};
use std::panic::catch_unwind;
use std::rc::Rc;
use std::sync::atomic::{AtomicI16, AtomicI32, AtomicI64, AtomicI8, AtomicU16, AtomicU32, AtomicU64, AtomicU8};
use std::time::Duration;

use crate::error::{c_text, text_of, whole, Error, Result};
use crate::host::{checked, extension, Cycle};
use crate::instance::roles_of;
use crate::memory::Plain;
use crate::raw;

/// Largest value of `post`.
const MOST_POSTED_BYTES: usize = 4096;

/// Types that several processes may see and change at once, and that are valid as zeroes: atomics.
///
/// # Safety
/// Zeroes are a value; other processes may change any of its bytes at any time, to any value of the type, without a
/// data race; nothing of it points anywhere, and nothing is dropped.
pub unsafe trait Shareable: 'static {}

macro_rules! shareable {
    ($($type:ty),+) => { $(unsafe impl Shareable for $type {})+ };
}
shareable!(AtomicU8, AtomicI8, AtomicU16, AtomicI16, AtomicU32, AtomicI32, AtomicU64, AtomicI64);
unsafe impl<T: Shareable, const N: usize> Shareable for [T; N] {}

/// What a member is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberState {
    /// Before its prepare returned, also after a respawn.
    Starting,
    Running,
    Ended,
    /// Killed, crashed, or given up.
    Dead,
}

/// A member as the host sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    pub state: MemberState,
    /// How often it was respawned.
    pub incarnation: u32,
    /// When it began to do that.
    pub since_ns: i64,
}

/// The workers of a case as one of them sees them: `Prepare::roles`. Copies share it. For the control thread.
#[derive(Clone)]
pub struct Roles {
    cycle: Rc<Cycle>,
    api: *const raw::bh_host_roles_t,
}

/// Calls a function of the table of roles: its answer, or an error if there is none. Sound: the table lives as long as
/// the cycle.
macro_rules! roles_call {
    ($roles:expr, $function:ident $(, $argument:expr)*) => {{
        let host = $roles.cycle.table();
        match unsafe { (*$roles.api).$function } {
            Some(function) => Ok(unsafe { function(host $(, $argument)*) }),
            None => Err(Error::unsupported(concat!("the host's table of roles has no ", stringify!($function)))),
        }
    }};
}

impl Roles {
    /// None: the host, or this benchmark, has none. Errors: a table that is too short.
    pub(crate) fn find(cycle: &Rc<Cycle>) -> Result<Option<Roles>> {
        let api = extension(cycle, raw::BH_EXT_ROLES) as *const raw::bh_host_roles_t;
        if api.is_null() {
            return Ok(None);
        }
        // The table lives until destroy returns, which is after the cycle.
        unsafe { whole(api, "the host's table of roles") }?;
        Ok(Some(Roles { cycle: cycle.clone(), api }))
    }
    /// Of this worker: the index of its role.
    pub fn index(&self) -> u32 {
        self.table().role
    }
    /// Its number among the members of the role.
    pub fn member(&self) -> u32 {
        self.table().member
    }
    /// How often it was respawned.
    pub fn incarnation(&self) -> u32 {
        self.table().incarnation
    }
    /// Members of a role in this case; 0 if there is no such role.
    pub fn count(&self, role: u32) -> Result<u32> {
        roles_call!(self, count, role)
    }
    /// True from when a LOAD member shall return from run; for the others, from when the host wants the case to end.
    pub fn stop(&self) -> Result<bool> {
        Ok(roles_call!(self, stop)? != 0)
    }
    /// Waits until every living member that is no LOAD has come to this generation or a later one. `None`: until
    /// cancelled. Errors: `BH_E_TIMEOUT`, `BH_E_CANCELLED`, `BH_E_ARGUMENT` (not rising), `BH_E_FAILED` (a member
    /// died).
    pub fn barrier(&self, generation: u64, timeout: Option<Duration>) -> Result<()> {
        let timeout_ns = timeout.map_or(-1, |it| i64::try_from(it.as_nanos()).unwrap_or(i64::MAX));
        let status = roles_call!(self, barrier, generation, timeout_ns)?;
        checked(&self.cycle, status, "barrier")
    }
    /// Items that all workers of the case see under a key, zeroed by whoever asks first. Every worker asks for a key
    /// with the same type and count. Errors: `BH_E_ARGUMENT` (another size, or this worker has it with another type),
    /// `BH_E_NO_MEMORY`, `BH_E_UNSUPPORTED`.
    pub fn share<T: Shareable>(&self, key: &str, items: usize) -> Result<Shared<T>> {
        let size =
            items.checked_mul(std::mem::size_of::<T>()).filter(|bytes| (1..=isize::MAX as usize).contains(bytes));
        let size =
            size.ok_or_else(|| Error::argument(format!("share '{key}': {items} items are no size of memory")))?;
        // Atomics of different sizes in one place do not go together.
        let (text, item) = (c_text(key), TypeId::of::<T>());
        if !self.cycle.may_share(&text, item) {
            return Err(Error::argument(format!("share '{key}': this worker has it with items of another type")));
        }
        let mut data: *mut c_void = std::ptr::null_mut();
        let status = roles_call!(self, share, text.as_ptr(), size as u64, &mut data)?;
        checked(&self.cycle, status, &format!("share '{key}'"))?;
        if data.is_null() || data as usize % std::mem::align_of::<T>() != 0 {
            return Err(Error::failed(format!(
                "share '{key}': the host granted {data:p}, which is no memory for such items"
            )));
        }
        self.cycle.shares(text, item);
        self.cycle.block_taken();
        Ok(Shared { cycle: self.cycle.clone(), data: data.cast(), items, _items: PhantomData })
    }
    /// Puts a value where all members find it by key; the last one wins. At most 4096 bytes.
    pub fn post<T: Plain>(&self, key: &str, value: &T) -> Result<()> {
        // Plain types have no padding.
        self.post_bytes(key, unsafe {
            std::slice::from_raw_parts((value as *const T).cast(), std::mem::size_of::<T>())
        })
    }
    pub fn post_bytes(&self, key: &str, value: &[u8]) -> Result<()> {
        let status = roles_call!(self, post, c_text(key).as_ptr(), value.as_ptr().cast(), value.len() as u64)?;
        checked(&self.cycle, status, &format!("post '{key}'"))
    }
    /// None: nobody has posted it yet. Errors: it was posted with another size.
    pub fn fetch<T: Plain>(&self, key: &str) -> Result<Option<T>> {
        let bytes = match self.bytes_of(key)? {
            Some(bytes) => bytes,
            None => return Ok(None),
        };
        if bytes.len() != std::mem::size_of::<T>() {
            return Err(Error::argument(format!(
                "fetch '{key}': {} bytes were posted, not {}",
                bytes.len(),
                std::mem::size_of::<T>()
            )));
        }
        // Any bytes are a value of a plain type, and there are as many.
        Ok(Some(unsafe { std::ptr::read_unaligned(bytes.as_ptr().cast()) }))
    }
    pub fn fetch_bytes(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.bytes_of(key)
    }
    /// Kills a member of a mortal role at once. The time of the signal, on the clock of `Host::now_ns`.
    pub fn kill(&self, role: u32, member: u32) -> Result<i64> {
        let mut when = 0;
        let status = roles_call!(self, kill, role, member, &mut when)?;
        checked(&self.cycle, status, &format!("kill of member {member} of role {role}"))?;
        Ok(when)
    }
    pub fn peer(&self, role: u32, member: u32) -> Result<Peer> {
        let (mut incarnation, mut since_ns) = (0, 0);
        let state = match roles_call!(self, peer, role, member, &mut incarnation, &mut since_ns)? {
            raw::BH_MEMBER_STARTING => MemberState::Starting,
            raw::BH_MEMBER_RUNNING => MemberState::Running,
            raw::BH_MEMBER_ENDED => MemberState::Ended,
            raw::BH_MEMBER_DEAD => MemberState::Dead,
            other => {
                return Err(Error::failed(format!(
                    "member {member} of role {role} is in a state {other} that is not known"
                )))
            }
        };
        Ok(Peer { state, incarnation, since_ns })
    }

    fn table(&self) -> &raw::bh_host_roles_t {
        self.cycle.table();
        // Whole, as `find` saw, and alive while the cycle is.
        unsafe { &*self.api }
    }
    fn bytes_of(&self, key: &str) -> Result<Option<Vec<u8>>> {
        let mut bytes = vec![0u8; MOST_POSTED_BYTES];
        let mut size = bytes.len() as u64;
        let status = roles_call!(self, fetch, c_text(key).as_ptr(), bytes.as_mut_ptr().cast(), &mut size)?;
        if status == raw::BH_E_NOT_FOUND {
            return Ok(None);
        }
        checked(&self.cycle, status, &format!("fetch '{key}'"))?;
        bytes.truncate(usize::try_from(size).unwrap_or(MOST_POSTED_BYTES));
        Ok(Some(bytes))
    }
}

/// Items in memory that all workers of a case see: `Roles::share`. As with a `Memory`, one that is alive after its
/// benchmark has been dropped ends the process.
pub struct Shared<T: Shareable> {
    cycle: Rc<Cycle>,
    data: *const T,
    items: usize,
    _items: PhantomData<T>,
}

impl<T: Shareable> Deref for Shared<T> {
    type Target = [T];
    #[inline]
    fn deref(&self) -> &[T] {
        // The host's until destroy returns, and the cycle does not end before this is dropped.
        unsafe { std::slice::from_raw_parts(self.data, self.items) }
    }
}

impl<T: Shareable> Drop for Shared<T> {
    fn drop(&mut self) {
        self.cycle.block_freed();
    }
}

/// What the plugin answers to a question for its roles.
pub(crate) static TABLE: raw::bh_plugin_roles_t = raw::bh_plugin_roles_t {
    struct_size: std::mem::size_of::<raw::bh_plugin_roles_t>() as u32,
    reserved: 0,
    role: Some(role),
};

unsafe extern "C" fn role(benchmark: *const c_char, index: u32) -> *const raw::bh_role_t {
    let found = catch_unwind(|| {
        // A text of the host; roles are published for ever.
        let roles = roles_of(unsafe { text_of(benchmark) });
        roles.get(index as usize).map_or(std::ptr::null(), |role| role as *const raw::bh_role_t)
    });
    found.unwrap_or(std::ptr::null())
}
