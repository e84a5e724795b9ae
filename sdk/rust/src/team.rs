//! A team of pinned threads that start together.

use std::cell::UnsafeCell;
use std::marker::PhantomData;
use std::os::raw::c_void;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::rc::Rc;
use std::sync::Mutex;

use crate::error::{panic_text, Error, Result};
use crate::host::{call, checked, granted, Cycle, Recorder};
use crate::raw::{self, sized};

/// Where members are pinned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pin {
    Host,
    None,
    Spread,
    Siblings,
}

/// What a member of a team knows of itself; lives while the team runs.
pub struct Member<'t> {
    pub index: u32,
    pub count: u32,
    team: *mut raw::bh_team_t,
    table: *const raw::bh_host_t,
    _running: PhantomData<&'t ()>,
}

impl Member<'_> {
    /// Waits, spinning, until every member is here or has returned.
    pub fn barrier(&self) {
        // Team and table live while the team runs, and so does the member.
        unsafe { ((*self.table).team_barrier.expect("the host has no team_barrier"))(self.team) }
    }
    /// The logical CPU to which it is pinned.
    pub fn cpu(&self) -> Option<u32> {
        // As above.
        let cpu = unsafe { ((*self.table).team_cpu.expect("the host has no team_cpu"))(self.team, self.index) };
        u32::try_from(cpu).ok()
    }
    /// The host's clock, ns.
    pub fn now_ns(&self) -> i64 {
        // As above.
        unsafe { ((*self.table).now_ns.expect("the host has no now_ns"))(self.table) }
    }
}

/// What a member records with; lives while the team runs.
pub struct MemberRecorder<'t> {
    raw: *mut raw::bh_recorder_t,
    function: unsafe extern "C" fn(*mut raw::bh_recorder_t, i64),
    _running: PhantomData<&'t mut ()>,
}

impl MemberRecorder<'_> {
    #[inline]
    pub fn record(&mut self, value: i64) {
        // One member, one recorder, while the team runs.
        unsafe { (self.function)(self.raw, value) }
    }
}

/// The team: the calling thread and as many more as were asked for, until the benchmark is dropped.
pub struct Team {
    cycle: Rc<Cycle>,
    raw: *mut raw::bh_team_t,
    count: u32,
}

struct Job<'f, F> {
    function: &'f F,
    team: *mut raw::bh_team_t,
    table: *const raw::bh_host_t,
    count: u32,
    failure: Mutex<Option<String>>,
}

/// Cells of a slice that each member takes one of.
struct Parts<T>(*const UnsafeCell<T>);
// Each member reaches one item alone, and the items may be sent to it.
unsafe impl<T: Send> Sync for Parts<T> {}
impl<T> Parts<T> {
    /// # Safety
    /// `index` is within the slice, and nobody else asks for it meanwhile.
    #[allow(clippy::mut_from_ref)]
    unsafe fn at(&self, index: u32) -> &mut T {
        unsafe { &mut *(*self.0.add(index as usize)).get() }
    }
}

/// Handles and functions of recorders: the host lets any thread record, one at a time.
struct Pens(Vec<(*mut raw::bh_recorder_t, unsafe extern "C" fn(*mut raw::bh_recorder_t, i64))>);
unsafe impl Sync for Pens {}

unsafe extern "C" fn run_member<F: Fn(&Member) + Sync>(argument: *mut c_void, index: u32) {
    // The job lives on the stack of Team::run, which waits for all members.
    let job = unsafe { &*(argument as *const Job<F>) };
    let member = Member { index, count: job.count, team: job.team, table: job.table, _running: PhantomData };
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| (job.function)(&member))) {
        let text = format!("member {index}: {}", panic_text(payload));
        job.failure.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).get_or_insert(text);
    }
}

impl Team {
    pub(crate) fn open(cycle: &Rc<Cycle>, count: u32, pin: Pin) -> Result<Self> {
        let pin = match pin {
            Pin::Host => raw::BH_PIN_HOST,
            Pin::None => raw::BH_PIN_NONE,
            Pin::Spread => raw::BH_PIN_SPREAD,
            Pin::Siblings => raw::BH_PIN_SIBLINGS,
        };
        let request = raw::bh_team_request_t { count, pin, ..sized() };
        let mut raw = std::ptr::null_mut();
        checked(cycle, call!(cycle, team_open, &request, &mut raw), "team_open")?;
        Ok(Team { cycle: cycle.clone(), raw: granted(raw, "team_open")?, count })
    }
    pub fn count(&self) -> u32 {
        self.count
    }
    /// Runs on every member, all released together, and waits for the last. Once per `run(n)`, with the loop over n inside.
    /// Errors: a member panicked; the others ran to their end.
    pub fn run<F: Fn(&Member) + Sync>(&self, function: F) -> Result<()> {
        let table = self.cycle.table();
        let job = Job { function: &function, team: self.raw, table, count: self.count, failure: Mutex::new(None) };
        let argument = &job as *const Job<F> as *mut c_void;
        // team_run returns when every member has returned, so the job outlives them.
        unsafe { ((*table).team_run.expect("the host has no team_run"))(self.raw, Some(run_member::<F>), argument) }
        match job.failure.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()) {
            None => Ok(()),
            Some(text) => Err(Error::failed(text)),
        }
    }
    /// The same with an item of its own for every member: `parts` has as many as the team.
    pub fn run_each<T: Send, F: Fn(&Member, &mut T) + Sync>(&self, parts: &mut [T], function: F) -> Result<()> {
        self.as_many(parts.len(), "parts")?;
        let parts = Parts(parts.as_mut_ptr() as *const UnsafeCell<T>);
        let parts = &parts;
        // The count was compared, and members differ by their index.
        self.run(move |member| function(member, unsafe { parts.at(member.index) }))
    }
    /// The same with a recorder for every member, too. Errors: also a recorder that another cycle opened.
    pub fn run_recording<T: Send, F: Fn(&Member, &mut MemberRecorder, &mut T) + Sync>(
        &self,
        recorders: &mut [Recorder],
        parts: &mut [T],
        function: F,
    ) -> Result<()> {
        self.as_many(recorders.len(), "recorders")?;
        if let Some(index) = recorders.iter().position(|recorder| !Rc::ptr_eq(&recorder.cycle, &self.cycle)) {
            return Err(Error::argument(format!("recorder {index} was opened in another cycle than the team")));
        }
        // Of this team's cycle, which team_run finds alive or panics: the recorders live as long.
        let pens = Pens(recorders.iter().map(|recorder| (recorder.raw, recorder.function)).collect());
        let pens = &pens;
        self.run_each(parts, move |member, part| {
            let (raw, function_of_host) = pens.0[member.index as usize];
            let mut recorder = MemberRecorder { raw, function: function_of_host, _running: PhantomData };
            function(member, &mut recorder, part)
        })
    }
    fn as_many(&self, found: usize, what: &str) -> Result<()> {
        if found == self.count as usize {
            return Ok(());
        }
        Err(Error::argument(format!("{found} {what} for a team of {}", self.count)))
    }
}
