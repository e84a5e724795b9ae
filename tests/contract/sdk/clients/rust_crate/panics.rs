//! Benchmarks that panic, fail and hide handles: nothing may leave the plugin but a status and a text.
use std::cell::RefCell;

use benchhost::{About, Batch, Benchmark, Category, Error, Host, Metric, Pin, Prepare, Recorder, Recording, Result, Verdict};

thread_local! {
    static HIDDEN: RefCell<Option<(Host, Recorder)>> = RefCell::new(None);
}

#[derive(Clone, Copy, PartialEq)]
enum Where {
    Prepare,
    Run,
    Member,
    Verify,
    Drop,
    Error,
    Hide,
    UseHidden,
    Parameter,
    Metric,
    Payload,
    OldRecorder,
}

/// Panics where its name says.
struct Panics<const WHERE: u8>;

const ALL: [(Where, &str); 12] = [
    (Where::Prepare, "prepare"),
    (Where::Run, "run"),
    (Where::Member, "member"),
    (Where::Verify, "verify"),
    (Where::Drop, "drop"),
    (Where::Error, "error"),
    (Where::Hide, "hide"),
    (Where::UseHidden, "use_hidden"),
    (Where::Parameter, "parameter"),
    (Where::Metric, "metric"),
    (Where::Payload, "payload"),
    (Where::OldRecorder, "old_recorder"),
];

impl<const WHERE: u8> Panics<WHERE> {
    fn at(place: Where) {
        if ALL[WHERE as usize].0 == place {
            panic!("planted in {}", ALL[WHERE as usize].1);
        }
    }
    fn is(place: Where) -> bool {
        ALL[WHERE as usize].0 == place
    }
}

impl<const WHERE: u8> Benchmark for Panics<WHERE> {
    fn about() -> About {
        if cfg!(planted_in_about) {
            panic!("planted in about");
        }
        let about = About::new(&format!("org.example.rust_panics.{}", ALL[WHERE as usize].1), "Panics", "on purpose", Category::Other)
            .claim_cores("2")
            .metric(Metric::time("time", "Time", "none").primary());
        if Self::is(Where::Hide) {
            return about.metric(Metric::latency("p50", "Median", "none").statistic("p50"));
        }
        about
    }
    fn prepare(p: &Prepare) -> Result<Self> {
        Self::at(Where::Prepare);
        if Self::is(Where::Error) {
            return Err(Error::unsupported("not on this machine"));
        }
        if Self::is(Where::Hide) {
            let recorder = p.recorder("p50", Recording::Histogram, 0)?;
            HIDDEN.with(|hidden| *hidden.borrow_mut() = Some((p.host().clone(), recorder)));
            if cfg!(planted_leak) {
                Box::leak(Box::new(p.memory::<u64>(8)?));
            }
        }
        if Self::is(Where::UseHidden) {
            HIDDEN.with(|hidden| hidden.borrow().as_ref().map(|(host, _)| host.now_ns()));
        }
        if Self::is(Where::Parameter) {
            p.u64("nothing");
        }
        if Self::is(Where::Metric) {
            p.sample("nothing");
        }
        if Self::is(Where::Member) {
            p.team(2, Pin::None)?.run(|member| {
                if member.index == 1 {
                    Self::at(Where::Member);
                }
                member.barrier();
            })?;
        }
        if Self::is(Where::OldRecorder) {
            let (_, recorder) = HIDDEN.with(|hidden| hidden.borrow_mut().take()).expect("hide came before");
            p.team(1, Pin::None)?.run_recording(&mut [recorder], &mut [()], |_, recorder, _| recorder.record(1))?;
        }
        if Self::is(Where::Payload) {
            std::panic::panic_any(7);
        }
        Ok(Panics)
    }
    fn run(&mut self, _: &Batch) -> Result<()> {
        Self::at(Where::Run);
        Ok(())
    }
    fn verify(&mut self, verdict: &mut Verdict) -> Result<()> {
        Self::at(Where::Verify);
        verdict.checked = 1;
        verdict.error = 0.0;
        verdict.tolerance = 0.0;
        verdict.what = "nothing".into();
        Ok(())
    }
}

impl<const WHERE: u8> Drop for Panics<WHERE> {
    fn drop(&mut self) {
        Self::at(Where::Drop);
    }
}

benchhost::plugin! {
    id: "org.example.rust_panics",
    version: "1.0.0",
    vendor: "Example Ltd",
    licence: "MIT",
    url: "",
    benchmarks: [
        Panics<0>, Panics<1>, Panics<2>, Panics<3>, Panics<4>, Panics<5>, Panics<6>, Panics<7>, Panics<8>, Panics<9>, Panics<10>, Panics<11>,
    ]
}
