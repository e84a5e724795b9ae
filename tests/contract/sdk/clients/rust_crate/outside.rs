//! Cases from outside of the file, and a case of two workers that know of each other.
use std::sync::atomic::{AtomicU64, Ordering};

use benchhost::{
    keep, raw, About, Batch, Benchmark, Case, Cases, Category, Enumerate, Error, Host, Level, MemberState, Metric,
    Param, Policy, Prepare, Result, Role, Roles, Sample, Shared, Value, Verdict,
};

/// Sums the numbers up to the one in its input: "sums/7".
struct Sum {
    last: u64,
    down: bool,
    sum: u64,
}

impl Benchmark for Sum {
    fn about() -> About {
        About::new("org.example.rust_outside.sum", "Sum", "sums whole numbers", Category::Other)
            .flags(raw::BH_BENCHMARK_ENUMERATED)
            .parameter(Param::new("times", 1u64, "how often").range(1u64, 100u64))
            .parameter(
                Param::new("mode", Value::choice("up"), "in which order")
                    .choices([Value::choice("up"), Value::choice("down")]),
            )
            .metric(Metric::time("time", "Time", "one sum").primary())
    }
    fn prepare(p: &Prepare) -> Result<Self> {
        let last = p.input().strip_prefix("sums/").and_then(|text| text.parse::<u64>().ok());
        let last = last.ok_or_else(|| Error::argument(format!("'{}' names no sum", p.input())))?;
        let count = p.settings()?.map(|settings| settings.u64("count"));
        if count.map_or(true, |count| last > count) || p.content_digest() != "sha256:00" {
            return Err(Error::argument(format!(
                "case {last} of {count:?} has other settings or another digest than it was added with"
            )));
        }
        Ok(Sum { last, down: p.choice("mode") == "down", sum: 0 })
    }
    fn run(&mut self, batch: &Batch) -> Result<()> {
        for _ in 0..batch.n {
            self.sum = 0;
            let last = self.last * 1000;
            for step in 0..=last {
                let number = if self.down { last - step } else { step };
                keep(&number);
                self.sum += number;
            }
            keep(&self.sum);
        }
        Ok(())
    }
    fn verify(&mut self, verdict: &mut Verdict) -> Result<()> {
        let n = self.last * 1000;
        verdict.checked = 1;
        verdict.error = (self.sum as f64 - (n * (n + 1) / 2) as f64).abs();
        verdict.tolerance = 0.0;
        verdict.what = "difference from n (n + 1) / 2".into();
        Ok(())
    }
}

struct Sums;

impl Cases for Sums {
    fn settings() -> Vec<Param> {
        vec![Param::new("count", 3u64, "how many; beyond a hundred it panics").range(0u64, 1000u64)]
    }
    fn enumerate(found: &Enumerate) -> Result<()> {
        let count = found.settings().u64("count");
        assert!(count <= 100, "planted in enumerate");
        for number in 1..=count {
            let case =
                Case::new(format!("sums/{number}")).title(format!("Sum up to {number}")).content_digest("sha256:00");
            let case = if number % 2 == 0 { case.value("mode", Value::choice("down")) } else { case };
            found.add::<Sum>(&case)?;
            found.progress(number, count, "sums");
        }
        // One that is there already is left out, and the rest is not spoilt.
        if count > 0 && found.try_add::<Sum>(&Case::new("sums/1"))? {
            return Err(Error::failed("the host took the same input twice"));
        }
        found.log(Level::Info, "all sums are there");
        Ok(())
    }
}

const SERVER: u32 = 1;

/// A client counts what a server has written into shared memory, then kills it and waits for its successor.
struct Recovery {
    host: Host,
    peers: Roles,
    recover: Sample,
    /// Requests, replies, incarnation of who replied.
    shared: Shared<AtomicU64>,
    right: u64,
}

impl Recovery {
    fn serve(&self) -> Result<()> {
        self.peers.post("server", &self.peers.incarnation())?;
        while !self.peers.stop()? {
            self.host.progress(0, 0, "");
            let request = self.shared[0].load(Ordering::SeqCst);
            self.shared[2].store(u64::from(self.peers.incarnation()), Ordering::SeqCst);
            self.shared[1].store(request, Ordering::SeqCst);
        }
        Ok(())
    }
    /// The incarnation that replied to a request of this number.
    fn ask(&self, request: u64) -> Result<u64> {
        self.shared[0].store(request, Ordering::SeqCst);
        while self.shared[1].load(Ordering::SeqCst) != request {
            if self.host.cancelled() {
                return Err(Error::new(raw::BH_E_CANCELLED, "stopped because the host asked"));
            }
        }
        Ok(self.shared[2].load(Ordering::SeqCst))
    }
}

impl Benchmark for Recovery {
    fn about() -> About {
        About::new(
            "org.example.rust_outside.recovery",
            "Recovery",
            "from the kill of a server to the next reply",
            Category::Pool,
        )
        .batch(Policy::Once, 1, 1)
        .role(Role::new("client", "asks, kills, verifies"))
        .role(Role::new("server", "answers").load().respawn())
        .metric(Metric::latency("recover", "Time to the next reply", "signal sent to reply seen").primary())
    }
    fn prepare(p: &Prepare) -> Result<Self> {
        let peers = p.roles()?;
        if peers.index() != p.role()? || peers.count(SERVER)? != 1 || peers.count(7)? != 0 {
            return Err(Error::failed("the roles are not those that were published"));
        }
        let shared = peers.share::<AtomicU64>("mailbox", 3)?;
        match peers.share::<AtomicU64>("mailbox", 4) {
            Err(error) if error.code() == raw::BH_E_ARGUMENT => {}
            _ => return Err(Error::failed("memory was shared by two sizes under one key")),
        }
        Ok(Recovery { host: p.host().clone(), peers, recover: p.sample("recover"), shared, right: 0 })
    }
    fn run(&mut self, _: &Batch) -> Result<()> {
        if self.peers.index() == SERVER {
            return self.serve();
        }
        let first = self.shared[1].load(Ordering::SeqCst) + 1;
        let before = self.peers.peer(SERVER, 0)?.incarnation;
        self.ask(first)?;
        let killed = self.peers.kill(SERVER, 0)?;
        let mut request = first;
        loop {
            request += 1;
            let by = self.ask(request)?;
            let peer = self.peers.peer(SERVER, 0)?;
            if by > u64::from(before) && peer.incarnation > before && peer.state == MemberState::Running {
                break;
            }
        }
        self.recover.value((self.host.now_ns() - killed) as f64)?;
        self.right = self.peers.fetch::<u32>("server")?.map_or(0, |posted| u64::from(posted == before + 1));
        Ok(())
    }
    fn verify(&mut self, verdict: &mut Verdict) -> Result<()> {
        verdict.checked = 1;
        verdict.error = 1.0 - self.right as f64;
        verdict.tolerance = 0.0;
        verdict.what = "whether the successor posted its number".into();
        Ok(())
    }
}

benchhost::plugin! {
    id: "org.example.rust_outside",
    version: "1.0.0",
    vendor: "Example Ltd",
    licence: "MIT",
    url: "https://example.org/rust_outside",
    benchmarks: [Sum, Recovery],
    cases: Sums
}
