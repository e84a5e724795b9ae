//! Compiled once per `--cfg`: without one it must compile, with one it must not.
#![allow(dead_code)]
use benchhost::{
    About, Args, Batch, Benchmark, Buffer, Category, Device, Host, Memory, Metric, Prepare, Recorder, Result, Roles,
    Source, Team, Verdict,
};

struct Use {
    team: Team,
    memory: Memory<u64>,
    recorder: Recorder,
    host: Host,
    device: Device,
    buffer: Buffer,
    args: Args,
    roles: Roles,
}

impl Benchmark for Use {
    fn about() -> About {
        About::new("org.example.rust_misuse.use", "Use", "compiles", Category::Other).metric(Metric::time("time", "Time", "none").primary())
    }
    fn prepare(_: &Prepare) -> Result<Self> {
        let bytes = std::mem::size_of_val(&program());
        Err(benchhost::Error::unsupported(format!("is only compiled, {bytes} bytes of it")))
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
        // What a program touches nobody can see.
        unsafe { self.device.main_queue().dispatch(&self.args, [1, 1, 1], None) }?;
        #[cfg(dispatch_unsaid)]
        self.device.main_queue().dispatch(&self.args, [1, 1, 1], None)?;
        let mapped = self.buffer.map_mut::<u32>()?;
        #[cfg(fill_while_mapped)]
        self.device.main_queue().fill(&self.buffer, 0, 4, 0, None)?;
        #[cfg(mapped_twice)]
        let again = self.buffer.map::<u32>()?;
        #[cfg(buffer_gone)]
        drop(std::mem::replace(&mut self.buffer, self.device.buffer(4)?));
        drop(mapped);
        #[cfg(device_in_team)]
        {
            let device = &self.device;
            self.team.run(|_| drop(device.buffer(4)))?;
        }
        #[cfg(roles_in_thread)]
        {
            let roles = self.roles.clone();
            std::thread::spawn(move || roles.index());
        }
        Ok(())
    }
    fn verify(&mut self, _: &mut Verdict) -> Result<()> {
        Ok(())
    }
}

/// Texts and functions outlive the program that is put together of them; the function has no state.
fn program() -> Source<'static> {
    let one = 1u32;
    #[cfg(text_gone)]
    let text = String::from("text");
    #[cfg(not(text_gone))]
    let text = "text";
    let source = Source::new("add").opencl_c(&text);
    #[cfg(native_with_state)]
    let source = source.native(move |_, args| unsafe { *args.buffer::<u32>(0) += one });
    source.constant("ONE", one)
}

#[cfg(share_of_plain)]
fn plain(roles: &Roles) -> Result<benchhost::Shared<u64>> {
    roles.share("counter", 1)
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
