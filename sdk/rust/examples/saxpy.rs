//! SAXPY on devices, timed by their clock: one program in OpenCL C and as a native function. The native one is for
//! devices without a compiler, the simulated one among them.
use benchhost::{
    raw, About, Arg, Args, Batch, Benchmark, Buffer, Category, Device, Metric, NativeArgs, NativeRange, Param,
    Parameter, Prepare, Result, Slot, Source, Verdict,
};

const GROUP: u32 = 256;

const OPENCL_C: &str = r#"
__kernel void saxpy(__global const float *x, __global float *y, const float a, const uint n) {
  const uint stride = (uint)get_global_size(0);
  for (uint i = (uint)get_global_id(0); i < n; i += stride) y[i] += a * x[i];
}"#;

/// The groups of a call stand side by side in each round of the stride.
fn saxpy(range: &NativeRange, args: &NativeArgs) {
    // As built below: x, y, a, n, with n items in both buffers, and nobody writes to x.
    let (a, n) = unsafe { (args.scalar::<f32>(2), args.scalar::<u32>(3) as usize) };
    let x = unsafe { args.items::<f32>(0, 0, n) };
    let items = range.group_size[0] as usize;
    for round in (0..n).step_by(range.groups[0] as usize * items) {
        let (begin, end) = (round + range.begin[0] as usize * items, round + range.end[0] as usize * items);
        let (begin, end) = (begin.min(n), end.min(n));
        // Calls of one dispatch have groups of their own, so these items are of this call alone.
        let y = unsafe { args.items_mut::<f32>(1, begin, end) };
        for (y, x) in y.iter_mut().zip(&x[begin..end]) {
            *y += a * x;
        }
    }
}

struct Saxpy {
    device: Device,
    y: Buffer,
    /// a and -a in turn, so that y stays small and exact.
    values: [Args; 2],
    odd: bool,
    groups: u32,
    start_x: Vec<f32>,
    start_y: Vec<f32>,
}

impl Saxpy {
    fn dispatch(&mut self) -> Result<()> {
        // Both buffers have n items, and a group adds to items of its own.
        unsafe { self.device.main_queue().dispatch(&self.values[usize::from(self.odd)], [self.groups, 1, 1], None) }?;
        self.odd = !self.odd;
        Ok(())
    }
}

impl Benchmark for Saxpy {
    fn about() -> About {
        About::new(
            "org.example.saxpy_rust.saxpy",
            "SAXPY on a device",
            "y[i] += a x[i], fp32, buffers in device memory",
            Category::Hardware,
        )
        .tags("memory,blas")
        .parameter(
            Param::new("n", 1u64 << 20, "elements per vector").range(1u64, 1u64 << 30).log2(1u64 << 12, 1u64 << 28),
        )
        .slot(Slot::new(
            "device",
            "time.span && mem.bytes >= 8 * param.n && \
             (!known(mem.buffer.bytes_max) || mem.buffer.bytes_max >= 4 * param.n)",
            "computes",
        ))
        .metric(Metric::queue_rate("bandwidth", "Bandwidth", "By/s", "bytes", "x read, y read and written").primary())
        .metric(Metric::queue_time("time", "Time", "one pass on the device"))
        .metric(Metric::time("wall", "Wall time", "one pass, until the host saw it complete"))
    }

    fn prepare(p: &Prepare) -> Result<Self> {
        let n = p.length("n")?;
        let device = p.device("device")?;
        let bytes = 4 * n as u64;
        let (x, y) = (device.buffer(bytes)?, device.buffer(bytes)?);
        let source = Source::new("saxpy").group([GROUP, 1, 1]).opencl_c(OPENCL_C).native(saxpy);
        let program =
            device.build(&source, &[Parameter::Read, Parameter::ReadWrite, Parameter::F32, Parameter::U32])?;
        let bind = |a: f32| program.bind(&[Arg::from(&x), Arg::from(&y), Arg::F32(a), Arg::U32(n as u32)]);
        let values = [bind(3.0)?, bind(-3.0)?];

        // Whole numbers are exact in fp32.
        let mut random = vec![0u8; 2 * n];
        p.host().random_fill(0, 0, &mut random);
        let whole = |bytes: &[u8]| bytes.iter().map(|byte| f32::from(*byte)).collect::<Vec<f32>>();
        let (start_x, start_y) = (whole(&random[..n]), whole(&random[n..]));
        device.main_queue().write(&x, 0, &start_x)?;
        device.main_queue().write(&y, 0, &start_y)?;

        let most = device.whole_fact(raw::BH_CAP_GRID_X)?.unwrap_or(65535);
        let groups =
            ((n as u64 + u64::from(GROUP) - 1) / u64::from(GROUP)).min(u64::try_from(most).unwrap_or(65535)) as u32;
        let mut saxpy = Saxpy { device, y, values, odd: false, groups, start_x, start_y };
        // What is compiled lazily is compiled here.
        saxpy.dispatch()?;
        saxpy.dispatch()?;
        saxpy.device.main_queue().finish()?;
        let bytes = bytes as f64;
        p.work(&[("bytes.read", 2.0 * bytes), ("bytes.written", bytes), ("ops.fp32", 2.0 * n as f64)])?;
        Ok(saxpy)
    }

    /// Enqueues and does not wait.
    fn run(&mut self, batch: &Batch) -> Result<()> {
        for _ in 0..batch.n {
            self.dispatch()?;
        }
        Ok(())
    }

    fn verify(&mut self, verdict: &mut Verdict) -> Result<()> {
        let got = self.device.main_queue().read::<f32>(&self.y, 0, self.start_y.len())?;
        let added = if self.odd { 3.0 } else { 0.0 };
        let mut worst = 0.0;
        for ((got, y), x) in got.iter().zip(&self.start_y).zip(&self.start_x) {
            let error = (f64::from(*got) - (f64::from(*y) + added * f64::from(*x))).abs();
            // Also when it is a NaN.
            if !(error <= worst) {
                worst = error;
            }
        }
        verdict.checked = got.len() as u64;
        verdict.error = worst;
        verdict.tolerance = 0.0;
        verdict.what = "largest difference from whole numbers, which are exact".to_string();
        Ok(())
    }
}

benchhost::plugin! {
    id: "org.example.saxpy_rust",
    version: "1.0.0",
    vendor: "Example Ltd",
    licence: "MIT",
    url: "https://example.org/saxpy_rust",
    benchmarks: [Saxpy]
}
