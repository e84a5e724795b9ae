//! Every service of the host that has a safe form, in benchmarks whose oracles fail if one does not do what it says.
use std::sync::atomic::{AtomicU32, Ordering};

use benchhost::{
    keep, raw, About, Arrivals, Batch, Benchmark, Category, Direction, Domain, Error, Kind, Memory, MemoryRequest, Metric, Param, Pin,
    Policy, Prepare, Recorder, Recording, Result, Sample, Summary, Team, Value, Verdict,
};

/// A team that sums parts of an array in two phases.
struct TeamSum {
    team: Team,
    data: Memory<u64>,
    sums: Vec<u64>,
    total: AtomicU32,
}

impl Benchmark for TeamSum {
    fn about() -> About {
        About::new("org.example.rust_services.team", "Team", "sums parts of an array", Category::Hardware)
            .claim_cores("threads")
            .parameter(Param::new("threads", 2u64, "members of the team").range(1u64, 64u64).sweep([1u64, 2, 4]))
            .parameter(Param::new("n", 1u64 << 14, "elements").range(64u64, 1u64 << 30))
            .metric(Metric::time("time", "Time", "one pass of the team").primary().noise_floor(0.01))
            .summary(Summary::new(raw::BH_SUMMARY_SPEEDUP, Direction::Higher, 0, 0, "speedup", "Speed-up", "1", "over threads"))
    }
    fn prepare(p: &Prepare) -> Result<Self> {
        let threads = p.u64("threads") as u32;
        let team = p.team(threads, Pin::None)?;
        let mut data = p.memory_as::<u64>(p.length("n")?, MemoryRequest { alignment_bytes: 4096, ..Default::default() })?;
        if data.as_ptr() as usize % 4096 != 0 || data.iter().any(|word| *word != 0) {
            return Err(Error::failed("memory is not aligned, or not zeroed"));
        }
        for (i, word) in data.iter_mut().enumerate() {
            *word = i as u64;
        }
        p.work(&[("items", data.len() as f64)])?;
        Ok(TeamSum { sums: vec![0; team.count() as usize], total: AtomicU32::new(0), team, data })
    }
    fn run(&mut self, batch: &Batch) -> Result<()> {
        let (data, total) = (&self.data[..], &self.total);
        total.store(0, Ordering::Relaxed);
        self.team.run_each(&mut self.sums, |member, sum| {
            for _ in 0..batch.n {
                *sum = data.iter().skip(member.index as usize).step_by(member.count as usize).sum();
                keep(sum);
            }
            total.fetch_add(1, Ordering::Relaxed);
            member.barrier();
            // After the barrier every member has been counted.
            if total.load(Ordering::Relaxed) != member.count {
                *sum = u64::MAX;
            }
        })
    }
    fn verify(&mut self, verdict: &mut Verdict) -> Result<()> {
        let n = self.data.len() as u64;
        verdict.checked = n;
        verdict.error = (self.sums.iter().sum::<u64>() as f64 - (n * (n - 1) / 2) as f64).abs();
        verdict.tolerance = 0.0;
        verdict.what = "difference from n (n - 1) / 2".into();
        match self.team.run_each(&mut [0u8; 0], |_, _| ()) {
            Err(error) if error.text().starts_with("0 parts for a team of") => Ok(()),
            _ => Err(Error::failed("a team ran with fewer parts than members")),
        }
    }
}

/// Times by the million, and values of every kind.
struct Records {
    team: Team,
    recorders: Vec<Recorder>,
    share: Sample,
    layers: Sample,
    none: Sample,
    seen: u64,
}

impl Benchmark for Records {
    fn about() -> About {
        About::new("org.example.rust_services.records", "Records", "records made-up times", Category::Other)
            .tags("recorder,report")
            .batch(Policy::Hot, 1000, 1000)
            .parameter(Param::new("mode", Value::choice("fast"), "an enum").choices([Value::choice("fast"), Value::choice("slow")]))
            .parameter(Param::new("list", Value::list([3u64, 4]), "a list").counts(1, 4))
            .parameter(Param::new("text", "µ", "a string"))
            .parameter(Param::new("flag", true, "a bool"))
            .parameter(Param::new("share", 0.5, "a double").range(0.0, 1.0).linear(0.0, 1.0, 0.25))
            .parameter(Param::new("offset", -3i64, "an int").at_least(-10i64))
            .metric(Metric::latency("p50", "Median", "made up").statistic("p50").primary())
            .metric(Metric::latency("p99", "p99", "made up").statistic("p99").source("p50"))
            .metric(Metric::new(Kind::Ratio, Domain::None, Direction::None, "share", "Share", "1", "made up"))
            .metric(Metric::new(Kind::Time, Domain::Own, Direction::Lower, "layers", "Layers", "ns", "made up").labelled())
            .metric(Metric::new(Kind::Other, Domain::None, Direction::None, "nothing", "Nothing", "1", "never there"))
    }
    fn prepare(p: &Prepare) -> Result<Self> {
        if p.choice("mode") != "fast" || p.list_of_u64("list") != [3, 4] || p.text("text") != "µ" || !p.bool("flag")
            || p.f64("share") != 0.5 || p.i64("offset") != -3
        {
            return Err(Error::argument("a parameter is not what was declared"));
        }
        let team = p.team(2, Pin::None)?;
        let recorders = (0..2).map(|i| p.recorder("p50", Recording::Raw(1), i)).collect::<Result<Vec<_>>>()?;
        let mut random = [[0u8; 16]; 2];
        for bytes in &mut random {
            p.host().random_fill(1, 0, bytes);
        }
        if random[0] != random[1] || random[0] == [0; 16] {
            return Err(Error::failed("random data do not repeat"));
        }
        p.host().progress(1, 2, "half");
        Ok(Records { team, recorders, share: p.sample("share"), layers: p.sample("layers"), none: p.sample("nothing"), seen: 0 })
    }
    fn run(&mut self, batch: &Batch) -> Result<()> {
        let n = batch.n;
        let mut counts = [0u64; 2];
        self.team.run_recording(&mut self.recorders, &mut counts, |member, recorder, count| {
            for i in 0..n {
                recorder.record(100 + (i as i64 % 10) + i64::from(member.index));
                *count += 1;
            }
        })?;
        self.seen = counts.iter().sum();
        self.recorders[0].record(100);
        self.layers.labelled("layer 1", 5.0)
    }
    fn verify(&mut self, verdict: &mut Verdict) -> Result<()> {
        verdict.checked = self.seen;
        verdict.error = (self.seen as f64 - 2000.0).abs();
        verdict.tolerance = 0.0;
        verdict.what = "values recorded".into();
        Ok(())
    }
    fn process(&mut self) -> Result<()> {
        self.none.withhold("there never is one")?;
        self.share.value(0.25)
    }
}

/// Requests at random distances, a million a second, recorded from their intended start.
struct Served {
    arrivals: Arrivals,
    recorder: Recorder,
    sent: u64,
    served: u64,
}

impl Benchmark for Served {
    fn about() -> About {
        About::new("org.example.rust_services.served", "Served", "counts requests under a schedule", Category::Other)
            .batch(Policy::Hot, 600, 600)
            .metric(Metric::latency("p99", "p99", "from the intended start").statistic("p99").primary())
    }
    fn prepare(p: &Prepare) -> Result<Self> {
        let recorder = p.recorder("p99", Recording::Histogram, 0)?;
        Ok(Served { arrivals: Arrivals::poisson(p.host(), 1e6, 7), recorder, sent: 0, served: 0 })
    }
    fn run(&mut self, batch: &Batch) -> Result<()> {
        self.sent += batch.n;
        let served = &mut self.served;
        self.arrivals.run(batch.n, &mut self.recorder, || {
            *served += 1;
            keep(served);
            Ok(())
        })
    }
    fn verify(&mut self, verdict: &mut Verdict) -> Result<()> {
        verdict.checked = self.sent;
        verdict.error = (self.sent as f64 - self.served as f64).abs();
        verdict.tolerance = 0.0;
        verdict.what = "requests that were served".into();
        Ok(())
    }
}

benchhost::plugin! {
    id: "org.example.rust_services",
    version: "1.0.0",
    vendor: "Example Ltd",
    licence: "MIT",
    url: "https://example.org/rust_services",
    benchmarks: [TeamSum, Records, Served]
}
