// SPDX-License-Identifier: MIT
//! Benchmark plugins for benchhost in Rust: a trait per benchmark, one macro for note and entry. No other crate is
//! needed; Rust 1.63 or newer, `panic = "unwind"`.
//!
//! ```ignore
//! struct Triad { a: Memory<f64>, … }
//! impl Benchmark for Triad {
//!     fn about() -> About { About::new("org.example.triad.host", …) }
//!     fn prepare(p: &Prepare) -> Result<Self> { … }            // all that is not measured; undone by drop
//!     fn run(&mut self, batch: &Batch) -> Result<()> { … }     // the loop over batch.n and nothing else
//!     fn verify(&mut self, verdict: &mut Verdict) -> Result<()> { … }
//! }
//! benchhost::plugin! { id: "org.example.triad", …, benchmarks: [Triad] }
//! ```
//!
//! Failures. A call that returns an `Error`, or panics, fails with its text; no panic leaves the plugin. After a failed
//! call comes drop.
//! Threads. All calls come on one thread, and no handle of the host leaves it: members of a team get theirs from
//! `Team`. Handles (`Host`, `Memory`, `Team`, `Recorder`, `Sample`) are of one cycle, from prepare to drop. One that
//! was hidden away longer panics when it is used. A `Memory` may not be, nor a `Shared` or `Mapped`: bytes that it lent
//! could still be read after the host took them back, so the process ends at the end of the cycle if one is alive.
//! Devices. `Device` makes buffers, programs, queues and events. All of it is safe but `Queue::dispatch`, since nobody
//! can see what a program touches.
//! Left out: what `benchhost/device_ext.h` has, imported memory and handles of an API have no safe form here. They are
//! reached through `raw`, with the contracts of `benchhost/*.h`.
#![deny(unsafe_op_in_unsafe_fn)]

#[cfg(panic = "abort")]
compile_error!("a plugin must not end its process: build with panic = \"unwind\"");

mod about;
mod arrivals;
mod buffer;
mod device;
#[cfg(test)]
mod device_test;
mod enumerate;
mod error;
#[cfg(test)]
mod fake;
mod held;
mod host;
mod instance;
mod memory;
mod native;
pub mod note;
mod prepare;
mod program;
mod queue;
pub mod raw;
mod roles;
mod table;
mod team;
mod values;

pub use about::{About, Category, Direction, Domain, Kind, Metric, Param, Policy, Role, Slot, Summary, Value};
pub use arrivals::Arrivals;
pub use buffer::{Access, Buffer, BufferKind, BufferRequest, Mapped, MappedMut};
pub use device::{Device, Fact, Span};
pub use enumerate::{enumerate, Case, Cases, Enumerate};
pub use error::{Error, Result};
pub use host::{Host, Level, Recorder, Recording, Sample};
pub use instance::{Batch, Benchmark, Verdict};
pub use memory::{Memory, MemoryRequest, Plain};
pub use native::{NativeArgs, NativeRange};
pub use prepare::Prepare;
pub use program::{Arg, Args, BuildInfo, Parameter, Program, Scalar, Source};
pub use queue::{Event, EventTimes, Queue};
pub use roles::{MemberState, Peer, Roles, Shareable, Shared};
pub use table::{describe, enter, outside, Outside, Parts, Table};
pub use team::{Member, Pin, Team};
pub use values::Values;

/// Makes the compiler believe that the object is read here, so that what was written to it is not optimised away, and
/// that what is reachable from it may have changed. Costs no instruction.
#[inline(always)]
pub fn keep<T: ?Sized>(object: &T) {
    let place = object as *const T as *const ();
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64"))]
    // An empty text of assembly reads the pointer and, without `nomem`, may touch memory.
    unsafe {
        std::arch::asm!("/* {0} */", in(reg) place, options(nostack, preserves_flags))
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")))]
    // Sound: place is a local.
    unsafe {
        std::ptr::read_volatile(&place);
        std::sync::atomic::compiler_fence(std::sync::atomic::Ordering::SeqCst);
    }
}

/// Writes the note and the entry. Once per plugin, at file scope, with string literals. A last line `cases: Mine` names
/// the type whose `Cases::enumerate` adds cases from outside.
///
/// ```ignore
/// benchhost::plugin! {
///     id: "org.example.triad", version: "1.0.0", vendor: "Example Ltd", licence: "MIT", url: "https://example.org/triad",
///     benchmarks: [Triad]
/// }
/// ```
#[macro_export]
macro_rules! plugin {
    (id: $id:expr, version: $version:expr, vendor: $vendor:expr, licence: $licence:expr, url: $url:expr,
     benchmarks: [$($benchmark:ty),+ $(,)?] $(, cases: $cases:ty)? $(,)?) => {
        const _: () = {
            const LINES: $crate::note::Lines = $crate::note::Lines {
                id: $id,
                version: $version,
                vendor: $vendor,
                licence: $licence,
                url: $url,
                // Asked here: the features are those that the plugin is compiled with, not those of the SDK's crate.
                isa: $crate::note::isa(
                    cfg!(all(target_feature = "avx512f", target_feature = "avx512bw", target_feature = "avx512cd",
                             target_feature = "avx512dq", target_feature = "avx512vl")),
                    cfg!(target_feature = "avx512f"), cfg!(target_feature = "avx2"), cfg!(target_feature = "avx"),
                    cfg!(target_feature = "sse4.2"), cfg!(target_feature = "sve2"), cfg!(target_feature = "sve")),
            };
            #[used]
            #[cfg_attr(not(any(target_os = "windows", target_os = "macos")), link_section = ".note.benchhost")]
            #[cfg_attr(target_os = "windows", link_section = ".bhnote")]
            #[cfg_attr(target_os = "macos", link_section = "__TEXT,__bhnote")]
            static NOTE: $crate::note::Note<{ LINES.size() }> = $crate::note::Note::new(&LINES);
            static TABLE: $crate::Table = $crate::Table::new();

            unsafe extern "C" fn benchmark(index: u32) -> *const $crate::raw::bh_benchmark_t {
                TABLE.at(index)
            }
            $(
                unsafe extern "C" fn enumerate(
                    host: *const $crate::raw::bh_host_t,
                    told: *const $crate::raw::bh_enumerate_t,
                ) -> i32 {
                    // Sound by the contract of enumerate: the host's structs live through the call.
                    unsafe { $crate::enumerate::<$cases>(host, told, &TABLE) }
                }
            )?
            #[no_mangle]
            pub unsafe extern "C" fn bh_plugin_entry(
                offer: *const $crate::raw::bh_offer_t,
                answer: *mut $crate::raw::bh_answer_t,
            ) -> i32 {
                // Sound by the contract of the entry: the host's structs live through the call.
                unsafe {
                    $crate::enter(offer, answer, NOTE.text(), &TABLE, &$crate::Parts {
                        benchmark,
                        benchmarks: &[$($crate::describe::<$benchmark>),+],
                        outside: &[$($crate::outside::<$cases>(enumerate))?],
                    })
                }
            }
        };
    };
}
