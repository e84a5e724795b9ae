//! Requests by a schedule, whether the one before is done or not: `benchhost/arrivals.h` says why their latencies count from the
//! intended start.

use crate::error::{Error, Result};
use crate::host::{Host, Recorder};
use crate::raw;

/// The schedule of the control thread, for benchmarks of own metrics alone. Random distances go on from batch to batch.
pub struct Arrivals {
    host: Host,
    mean_ns: f64,
    random: Option<u64>,
}

impl Arrivals {
    /// At equal distances, so many a second.
    pub fn constant(host: &Host, per_second: f64) -> Arrivals {
        Arrivals { host: host.clone(), mean_ns: 1e9 / per_second, random: None }
    }
    /// At random distances, as of many users who know nothing of each other; the same seed gives the same ones.
    pub fn poisson(host: &Host, per_second: f64, seed: u64) -> Arrivals {
        Arrivals { host: host.clone(), mean_ns: 1e9 / per_second, random: Some(seed) }
    }
    /// Calls `request` n times from now on, each when its time has come and the one before has returned, and records how long
    /// after its intended start it was done. Fails with `BH_E_CANCELLED` when the host wants the case to end.
    pub fn run(&mut self, n: u64, recorder: &mut Recorder, mut request: impl FnMut() -> Result<()>) -> Result<()> {
        let zero = self.host.now_ns();
        let mut at = self.random.as_mut().map_or(0.0, |state| self.mean_ns * exponential(state));
        for index in 1..=n {
            let intended = zero + at as i64;
            // Not added up where distances are equal: one of 1/3 us would drift.
            at = match &mut self.random {
                Some(state) => at + self.mean_ns * exponential(state),
                None => self.mean_ns * index as f64,
            };
            if self.host.now_ns() < intended {
                self.host.sleep_until(intended);
            }
            if self.host.cancelled() {
                return Err(Error::new(raw::BH_E_CANCELLED, "stopped because the host asked"));
            }
            request()?;
            recorder.record(self.host.now_ns() - intended);
        }
        Ok(())
    }
}

/// From 0 to below 1, as `bh_arrivals_uniform`.
fn uniform(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^= z >> 31;
    (z >> 11) as f64 / (1u64 << 53) as f64
}

/// Of mean 1.
fn exponential(state: &mut u64) -> f64 {
    -(1.0 - uniform(state)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_exponential_and_repeat_with_their_seed() {
        let distances = |seed: u64| {
            let mut state = seed;
            (0..100_000).map(|_| exponential(&mut state)).collect::<Vec<f64>>()
        };
        let all = distances(7);
        assert_eq!(all, distances(7));
        assert_ne!(all, distances(8));
        let mean = all.iter().sum::<f64>() / all.len() as f64;
        let long = all.iter().filter(|&&d| d > 1.0).count() as f64 / all.len() as f64;
        // Four standard errors.
        assert!((mean - 1.0).abs() < 0.013, "{mean}");
        assert!((long - (-1f64).exp()).abs() < 0.0062, "{long}");
    }
}
