//! Compiled once per `--cfg`: without one it must compile, with one it must not.
#![allow(dead_code)]
use benchhost::{About, Batch, Benchmark, Category, Host, Memory, Metric, Prepare, Recorder, Result, Team, Verdict};

struct Use {
    team: Team,
    memory: Memory<u64>,
    recorder: Recorder,
    host: Host,
}

impl Benchmark for Use {
    fn about() -> About {
        About::new("org.example.rust_misuse.use", "Use", "compiles", Category::Other).metric(Metric::time("time", "Time", "none").primary())
    }
    fn prepare(_: &Prepare) -> Result<Self> {
        Err(benchhost::Error::unsupported("is only compiled"))
    }
    fn run(&mut self, _: &Batch) -> Result<()> {
        let words = &self.memory[..];
        self.team.run(|member| {
            let _ = words[member.index as usize];
        })?;
        #[cfg(recorder_in_team)]
        self.team.run(|_| self.recorder.record(1))?;
        #[cfg(host_in_team)]
        {
            let host = &self.host;
            self.team.run(|_| host.progress(1, 1, "no"))?;
        }
        #[cfg(team_in_team)]
        {
            let team = &self.team;
            team.run(|_| drop(team.run(|_| ())))?;
        }
        #[cfg(write_shared)]
        {
            let words = &mut self.memory[..];
            self.team.run(|member| words[member.index as usize] = 1)?;
        }
        #[cfg(keep_member)]
        {
            let kept = std::sync::Mutex::new(None);
            self.team.run(|member| *kept.lock().unwrap() = Some(member))?;
        }
        #[cfg(memory_in_thread)]
        {
            let memory = &self.memory;
            std::thread::scope(|scope| drop(scope.spawn(move || memory.len())));
        }
        Ok(())
    }
    fn verify(&mut self, _: &mut Verdict) -> Result<()> {
        Ok(())
    }
}

#[cfg(memory_of_references)]
fn references(p: &Prepare) -> Result<Memory<&'static str>> {
    p.memory(1)
}

benchhost::plugin! {
    id: if cfg!(note_without_id) { "" } else { "org.example.rust_misuse" },
    version: if cfg!(note_with_two_lines) { "1\nid=x" } else { "1.0.0" },
    vendor: "Example Ltd",
    licence: "MIT",
    url: "",
    benchmarks: [Use]
}
