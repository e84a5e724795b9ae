//! A plugin with one benchmark: change the names, the loop and the oracle.
use benchhost::{keep, About, Batch, Benchmark, Category, Memory, Metric, Param, Prepare, Result, Verdict};

struct Triad {
    a: Memory<f64>,
    b: Memory<f64>,
    c: Memory<f64>,
}

impl Benchmark for Triad {
    fn about() -> About {
        About::new(
            "org.example.example_rust.triad",
            "Triad",
            "a[i] = b[i] + 3 c[i], arrays of n doubles, one thread",
            Category::Hardware,
        )
        .tags("memory,bandwidth")
        .claim_memory_bytes("3 * 8 * n")
        .parameter(
            Param::new("n", 1u64 << 20, "elements per array").range(1u64, 1u64 << 32).log2(1u64 << 10, 1u64 << 24),
        )
        .metric(
            Metric::rate("bandwidth", "Bandwidth", "By/s", "bytes", "24 bytes per element, write-allocate not counted")
                .primary(),
        )
    }

    fn prepare(p: &Prepare) -> Result<Self> {
        let n = p.length("n")?;
        let mut triad = Triad { a: p.memory(n)?, b: p.memory(n)?, c: p.memory(n)? };
        for (i, b) in triad.b.iter_mut().enumerate() {
            *b = i as f64;
        }
        triad.c.fill(2.0);
        let bytes = 8.0 * n as f64;
        p.work(&[("bytes.read", 2.0 * bytes), ("bytes.written", bytes), ("ops.fp64", 2.0 * n as f64)])?;
        Ok(triad)
    }

    fn run(&mut self, batch: &Batch) -> Result<()> {
        let (a, b, c) = (&mut self.a[..], &self.b[..], &self.c[..]);
        for _ in 0..batch.n {
            for ((a, b), c) in a.iter_mut().zip(b).zip(c) {
                *a = b + 3.0 * c;
            }
            keep(&a[0]);
        }
        Ok(())
    }

    fn verify(&mut self, verdict: &mut Verdict) -> Result<()> {
        let mut worst = 0.0;
        for (i, a) in self.a.iter().enumerate() {
            let error = (a - (i as f64 + 6.0)).abs();
            // Also when it is a NaN.
            if !(error <= worst) {
                worst = error;
            }
        }
        verdict.checked = self.a.len() as u64;
        verdict.error = worst;
        verdict.tolerance = 0.0;
        verdict.what = "largest difference from i + 6, which is exact".to_string();
        Ok(())
    }
}

benchhost::plugin! {
    id: "org.example.example_rust",
    version: "1.0.0",
    vendor: "Example Ltd",
    licence: "MIT",
    url: "https://example.org/example_rust",
    benchmarks: [Triad]
}
