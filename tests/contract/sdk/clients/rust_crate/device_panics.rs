//! Benchmarks on devices, in roles and from outside that panic, fail, hide and leak: nothing may leave the plugin but a
//! status and a text, and nothing may be read that the host has taken back.
use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Mutex;

use benchhost::{
    raw, About, Access, Arg, Args, Batch, Benchmark, BufferKind, BufferRequest, Case, Cases, Category, Device,
    Enumerate, Error, Host, MemberState, Metric, Param, Parameter, Policy, Prepare, Result, Role, Roles, Slot, Source,
    Verdict,
};

thread_local! {
    static HIDDEN: RefCell<Option<Device>> = RefCell::new(None);
}

#[derive(Clone, Copy, PartialEq)]
enum Where {
    Nowhere,
    Prepare,
    Native,
    Run,
    Finish,
    Drop,
    Slot,
    Arguments,
    Groups,
    Memory,
    Hide,
    Leak,
}

const ALL: [(Where, &str); 12] = [
    (Where::Nowhere, "nowhere"),
    (Where::Prepare, "prepare"),
    (Where::Native, "native"),
    (Where::Run, "run"),
    (Where::Finish, "finish"),
    (Where::Drop, "drop"),
    (Where::Slot, "slot"),
    (Where::Arguments, "arguments"),
    (Where::Groups, "groups"),
    (Where::Memory, "memory"),
    (Where::Hide, "hide"),
    (Where::Leak, "leak"),
];

/// Adds one to a word on a device, and panics where its name says.
struct OnDevice<const WHERE: u8> {
    device: Device,
    args: Args,
}

impl<const WHERE: u8> OnDevice<WHERE> {
    fn is(place: Where) -> bool {
        ALL[WHERE as usize].0 == place
    }
    fn at(place: Where) {
        if Self::is(place) {
            panic!("planted in {}", ALL[WHERE as usize].1);
        }
    }
}

impl<const WHERE: u8> Benchmark for OnDevice<WHERE> {
    fn about() -> About {
        About::new(
            &format!("org.example.rust_device_panics.{}", ALL[WHERE as usize].1),
            "Panics",
            "on purpose",
            Category::Other,
        )
        .batch(Policy::Once, 1, 1)
        .slot(Slot::new("device", "", "adds").shareable())
        .slot(Slot::new("other", "", "is not needed").optional())
        .metric(Metric::queue_time("time", "Time", "none").primary())
    }
    fn prepare(p: &Prepare) -> Result<Self> {
        if Self::is(Where::Slot) {
            p.device("nothing")?;
        }
        if Self::is(Where::Hide) {
            // Of the cycle before, if there was one.
            HIDDEN.with(|hidden| hidden.borrow().as_ref().map(|device| device.raw()));
        }
        let device = p.device("device")?;
        p.optional_device("other")?;
        // More than the simulated device has.
        let bytes = if Self::is(Where::Memory) { 1 << 40 } else { 4 };
        let request =
            BufferRequest { size_bytes: bytes, kind: BufferKind::Mapped, access: Access::ReadWrite, commit: false };
        let mut buffer = device.buffer_as(request)?;
        buffer.map_new::<u32>()?.fill(0);
        let source = Source::new("add").native(|_, args| {
            Self::at(Where::Native);
            // One word, one group.
            unsafe { *args.buffer::<u32>(0) += args.scalar::<u32>(1) };
        });
        let program = device.build(&source, &[Parameter::ReadWrite, Parameter::U32])?;
        let one = if Self::is(Where::Arguments) { Arg::U64(1) } else { Arg::U32(1) };
        let args = program.bind(&[Arg::from(&buffer), one])?;
        if Self::is(Where::Hide) {
            HIDDEN.with(|hidden| *hidden.borrow_mut() = Some(device.clone()));
        }
        if Self::is(Where::Leak) {
            Box::leak(Box::new(buffer)).map::<u32>().map(|mapped| Box::leak(Box::new(mapped)))?;
            return Err(Error::unsupported("its bytes are lent for ever"));
        }
        // Half a preparation goes back as a whole one does.
        Self::at(Where::Prepare);
        Ok(OnDevice { device, args })
    }
    fn run(&mut self, batch: &Batch) -> Result<()> {
        let groups = if Self::is(Where::Groups) { [0, 1, 1] } else { [1, 1, 1] };
        for _ in 0..batch.n {
            // One word, one group.
            unsafe { self.device.main_queue().dispatch(&self.args, groups, None) }?;
        }
        Self::at(Where::Run);
        Ok(())
    }
    fn finish_batch(&mut self, _: &Batch) -> Result<()> {
        self.device.main_queue().finish()?;
        Self::at(Where::Finish);
        Ok(())
    }
    fn verify(&mut self, verdict: &mut Verdict) -> Result<()> {
        verdict.checked = 1;
        verdict.error = 0.0;
        verdict.tolerance = 0.0;
        verdict.what = "nothing".into();
        Ok(())
    }
}

impl<const WHERE: u8> Drop for OnDevice<WHERE> {
    fn drop(&mut self) {
        Self::at(Where::Drop);
    }
}

/// A load that panics while its client measures.
struct Load {
    peers: Roles,
}

impl Benchmark for Load {
    fn about() -> About {
        About::new("org.example.rust_device_panics.load", "Load", "a load that panics", Category::Other)
            .batch(Policy::Once, 1, 1)
            .role(Role::new("client", "measures"))
            .role(Role::new("load", "panics").load())
            .metric(Metric::time("time", "Time", "none").primary())
    }
    fn prepare(p: &Prepare) -> Result<Self> {
        Ok(Load { peers: p.roles()? })
    }
    fn run(&mut self, _: &Batch) -> Result<()> {
        assert!(self.peers.index() == 0, "planted in a load");
        while !self.peers.stop()?
            && matches!(self.peers.peer(1, 0)?.state, MemberState::Starting | MemberState::Running)
        {}
        Ok(())
    }
    fn verify(&mut self, _: &mut Verdict) -> Result<()> {
        Ok(())
    }
}

/// Runs until the host asks it to end; says that it does by a file.
struct Endless {
    host: Host,
    mark: String,
}

impl Benchmark for Endless {
    fn about() -> About {
        About::new("org.example.rust_device_panics.endless", "Endless", "until it is cancelled", Category::Other)
            .batch(Policy::Once, 1, 1)
            .slot(Slot::new("device", "", "is held").shareable())
            .parameter(Param::new("mark", "", "a file that is written when run has begun"))
            .metric(Metric::latency("time", "Time", "none").primary())
    }
    fn prepare(p: &Prepare) -> Result<Self> {
        Ok(Endless { host: p.host().clone(), mark: p.text("mark").to_string() })
    }
    fn run(&mut self, _: &Batch) -> Result<()> {
        std::fs::write(&self.mark, "begun")?;
        while !self.host.cancelled() {
            self.host.progress(0, 0, "endless");
        }
        Err(Error::new(raw::BH_E_CANCELLED, "the plugin was asked to stop and did"))
    }
    fn verify(&mut self, _: &mut Verdict) -> Result<()> {
        Ok(())
    }
}

static ENDED: Mutex<String> = Mutex::new(String::new());
static DROPPED: AtomicBool = AtomicBool::new(false);

/// Says that all that was declared before it has been dropped.
struct Last;

impl Drop for Last {
    fn drop(&mut self) {
        DROPPED.store(true, Ordering::Release);
    }
}

/// Its function writes to its buffer when the benchmark has been dropped, which a cancelled wait allows.
struct Busy {
    device: Device,
    args: Args,
    mark: String,
    _last: Last,
}

impl Benchmark for Busy {
    fn about() -> About {
        About::new("org.example.rust_device_panics.busy", "Busy", "until it is dropped", Category::Other)
            .batch(Policy::Once, 1, 1)
            .slot(Slot::new("device", "", "is busy").shareable())
            .parameter(Param::new("mark", "", "a file that is written when run has begun"))
            .metric(Metric::time("time", "Time", "none").primary())
    }
    fn prepare(p: &Prepare) -> Result<Self> {
        let (device, mark) = (p.device("device")?, p.text("mark").to_string());
        *ENDED.lock().unwrap() = format!("{mark}.ended");
        // So large that it is unmapped when it is freed.
        const BYTES: usize = 64 << 20;
        let source = Source::new("busy").native(|_, args| {
            while !DROPPED.load(Ordering::Acquire) {
                std::thread::yield_now();
            }
            // One group, and all of the buffer.
            unsafe { args.items_mut::<u8>(0, 0, BYTES) }.fill(1);
            drop(std::fs::write(&*ENDED.lock().unwrap(), "ended"));
        });
        let program = device.build(&source, &[Parameter::Write])?;
        let args = program.bind(&[Arg::from(&device.buffer(BYTES as u64)?)])?;
        Ok(Busy { device, args, mark, _last: Last })
    }
    fn run(&mut self, _: &Batch) -> Result<()> {
        std::fs::write(&self.mark, "begun")?;
        // One group, and all of the buffer.
        unsafe { self.device.main_queue().dispatch(&self.args, [1, 1, 1], None) }?;
        self.device.main_queue().finish()
    }
    fn verify(&mut self, _: &mut Verdict) -> Result<()> {
        Ok(())
    }
}

struct Planted;

impl Cases for Planted {
    fn settings() -> Vec<Param> {
        vec![Param::new("plant", false, "panics")]
    }
    fn enumerate(found: &Enumerate) -> Result<()> {
        assert!(!found.settings().bool("plant"), "planted in enumerate");
        found.add::<Endless>(&Case::new("endless/found"))
    }
}

benchhost::plugin! {
    id: "org.example.rust_device_panics",
    version: "1.0.0",
    vendor: "Example Ltd",
    licence: "MIT",
    url: "",
    benchmarks: [
        OnDevice<0>, OnDevice<1>, OnDevice<2>, OnDevice<3>, OnDevice<4>, OnDevice<5>, OnDevice<6>, OnDevice<7>,
        OnDevice<8>, OnDevice<9>,
        OnDevice<10>, OnDevice<11>, Load, Endless, Busy,
    ],
    cases: Planted,
}
