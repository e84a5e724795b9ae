// Benchmarks of bytes that go through the kernel: a pipe, and a file that is to be stored.
#pragma once

#include <benchhost/plugin.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include "acts.h"
#include "expected.h"
#include "system.h"

namespace sys {

namespace bb = benchhost;

inline constexpr std::uint64_t kKiB = 1024;
inline constexpr std::size_t kNumberBytes = sizeof(std::uint64_t);

struct PipeTransfer final : bb::Benchmark {
  static constexpr auto about =
      bb::about("org.benchhost.sys.pipe", "Pipe",
                "a thread writes blocks into a pipe and another, on a core of its own, reads them", BH_CATEGORY_HOST)
          .tags("system,pipe,bandwidth")
          .requirement("os != 'windows' && cores >= 2")
          .claim_cores("2")
          .claim_memory_bytes("1 MiB + 3 * bytes");
  static constexpr bb::Param parameters[] = {
      bb::param("bytes", bb::u64(64 * kKiB), "size of a block; one of more than the pipe holds goes in parts")
          .unit(BH_UNIT_BYTES)
          .range(bb::u64(64), bb::u64(16 * kKiB * kKiB))
          .log2(bb::u64(kKiB), bb::u64(kKiB* kKiB), 1, 2)};
  static constexpr bb::Metric metrics[] = {
      bb::rate("bandwidth", "Bandwidth", BH_UNIT_BYTES_PER_SECOND, BH_WORK_BYTES_MOVED,
               "bytes that went through the pipe, each counted once")
          .primary(),
      bb::time("time", "Time of a block", "one block")};

  const bh_host_t* host;
  Pipe pipe = open_pipe();
  bb::Array<unsigned char> sent, received;
  bh_team_t* team;
  std::uint64_t done = 0, sum = 0;

  explicit PipeTransfer(const bb::Prepare& p)
      : host(p.host), sent(p.host, p.u64("bytes")), received(p.host, p.u64("bytes")), team(p.team(2)) {
    p.random(0, sent.data(), sent.size());
    p.work({{BH_WORK_BYTES_MOVED, static_cast<double>(sent.size())}});
  }
  void run(const bb::Batch& batch) override {
    bb::run_team(host, team, [&](std::uint32_t i) {
      if (i == 1) {
        sum += read_blocks(pipe.read.number(), received.data(), received.size(), batch.n);
        return;
      }
      // One that fails lets the other see the end of the pipe.
      try {
        write_blocks(pipe.write.number(), sent.data(), sent.size(), done, batch.n);
      } catch (...) {
        pipe.write.close();
        throw;
      }
    });
    done += batch.n;
  }
  // The numbers of all blocks, and every byte of the last.
  void verify(bb::Verdict& verdict) override {
    if (done == 0) return;
    bb::Array<unsigned char> drawn(host, sent.size());
    host->random_fill(host, 0, 0, drawn.data(), drawn.size());
    std::copy_n(reinterpret_cast<const unsigned char*>(&done), kNumberBytes, drawn.data());
    std::uint64_t wrong = sum == expected_numbers(done) ? 0 : 1;
    for (std::size_t i = 0; i < drawn.size(); ++i) wrong += received[i] != drawn[i] ? 1 : 0;
    verdict.checked = done;
    verdict.error = static_cast<double>(wrong);
    verdict.tolerance = 0;
    verdict.what = "bytes of the last block that differ, and 1 if the blocks' numbers do not add up";
  }
};

inline constexpr bh_value_t kSyncs[] = {BH_ENUM("fsync"), BH_ENUM("fdatasync"), BH_ENUM("none")};

struct FileStore final : bb::Benchmark {
  static constexpr std::uint64_t kPlaces = 16;
  static constexpr auto about =
      bb::about("org.benchhost.sys.file", "Storing in a file",
                "blocks are written over those of a file of 16 in the scratch folder, with a wait after each until the "
                "system says that it is stored",
                BH_CATEGORY_HOST)
          .tags("system,file,storage")
          .requirement("os != 'windows'")
          .claim_memory_bytes("1 MiB + 3 * bytes");
  static constexpr bb::Param parameters[] = {
      bb::param("bytes", bb::u64(4 * kKiB), "size of a block")
          .unit(BH_UNIT_BYTES)
          .range(bb::u64(512), bb::u64(16 * kKiB * kKiB))
          .log2(bb::u64(4 * kKiB), bb::u64(kKiB* kKiB), 1, 4),
      bb::param("sync", bb::choice("fsync"), "what is waited for; none: the block is left in the page cache")
          .choices(kSyncs)};
  static constexpr bb::Metric metrics[] = {
      bb::time("time", "Time of a block", "one write and the wait").primary(),
      bb::rate("bandwidth", "Bandwidth", BH_UNIT_BYTES_PER_SECOND, BH_WORK_BYTES_WRITTEN, "bytes of the blocks")};

  const bh_host_t* host;
  Sync sync;
  std::vector<unsigned char> block;
  Handle file;
  std::uint64_t done = 0;

  explicit FileStore(const bb::Prepare& p)
      : host(p.host),
        sync(p.choice("sync") == "none"        ? Sync::none
             : p.choice("sync") == "fdatasync" ? Sync::data
                                               : Sync::all),
        block(p.u64("bytes")),
        file(create_file(std::string(scratch_folder(p.host)) + "/blocks")) {
    p.random(0, block.data(), block.size());
    if (sync != Sync::none && is_in_memory(scratch_folder(p.host))) {
      host->log(host, BH_LOG_WARNING, "the scratch folder is kept in memory: there is nothing to wait for");
    }
    // The file is there and has its size: what is measured writes over it.
    write_file(file.number(), block.data(), block.size(), kPlaces, Sync::none, 0, kPlaces);
    write_file(file.number(), block.data(), block.size(), kPlaces, Sync::all, 0, 1);
    p.work({{BH_WORK_BYTES_WRITTEN, static_cast<double>(block.size())}});
  }
  void run(const bb::Batch& batch) override {
    // Numbers go on after those of prepare.
    write_file(file.number(), block.data(), block.size(), kPlaces, sync, kPlaces + done, batch.n);
    done += batch.n;
  }
  // The whole file, read back.
  void verify(bb::Verdict& verdict) override {
    if (done == 0) return;
    bb::Array<unsigned char> drawn(host, block.size()), found(host, block.size());
    host->random_fill(host, 0, 0, drawn.data(), drawn.size());
    std::uint64_t wrong = 0;
    for (std::uint64_t place = 0; place < kPlaces; ++place) {
      const std::uint64_t number = last_block(place, kPlaces, kPlaces + done);
      std::copy_n(reinterpret_cast<const unsigned char*>(&number), kNumberBytes, drawn.data());
      read_at(file.number(), place * found.size(), found.data(), found.size());
      for (std::size_t i = 0; i < drawn.size(); ++i) wrong += found[i] != drawn[i] ? 1 : 0;
    }
    verdict.checked = done < kPlaces ? done : kPlaces;
    verdict.error = static_cast<double>(wrong);
    verdict.tolerance = 0;
    verdict.what = "bytes of the file that are not those of the last block written there";
  }
};

}  // namespace sys
