// SPDX-License-Identifier: MIT
//
// sys: what the operating system costs: clocks, calls, threads, processes, switches between them, pipes, files.
#include <benchhost/plugin.hpp>

#include "calls.h"
#include "processes.h"
#include "transfers.h"

namespace {

struct Sys : benchhost::Plugin<sys::ClockReading, sys::SystemCall, sys::ThreadStart, sys::ProcessStart,
                               sys::ThreadSwitch, sys::ProcessSwitch, sys::PipeTransfer, sys::FileStore> {
  static constexpr std::uint32_t own_threads = 1;
};

}  // namespace

BH_PLUGIN_CXX("org.benchhost.sys", "1.0.0", "The benchhost authors", "MIT", "", Sys);
