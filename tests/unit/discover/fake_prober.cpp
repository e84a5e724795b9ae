// A worker that answers probes without loading anything: what it does is written into the id of the file's note
// ("org.example.crash______…"), or into the name of a backend's file. Each probe appends a line to $FAKE_PROBES.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "common/protocol/frame.h"
#include "common/protocol/job.h"
#include "common/protocol/message.h"
#include "common/protocol/note.h"

using namespace benchhost;
using namespace benchhost::protocol;

namespace {

int g_result = -1;
FrameEncoder g_encoder;
std::uint64_t g_sent = 0;

void tell(const Message& message) {
  const std::string bytes = g_encoder.encode(message_type(message), encode(message));
  std::size_t at = 0;
  while (at < bytes.size()) {
    const ssize_t done = ::write(g_result, bytes.data() + at, bytes.size() - at);
    if (done <= 0) _exit(99);
    at += static_cast<std::size_t>(done);
  }
  ++g_sent;
}

int finish(Outcome outcome = Outcome::passed, std::string code = {}, std::string reason = {}) {
  Final final;
  final.outcome = outcome;
  final.code = std::move(code);
  final.reason = std::move(reason);
  final.messages = g_sent;
  tell(final);
  return 0;
}

std::string read_all(int fd) {
  std::string bytes;
  char buffer[4096];
  for (ssize_t got = 0; (got = read(fd, buffer, sizeof buffer)) > 0;)
    bytes.append(buffer, static_cast<std::size_t>(got));
  return bytes;
}

PluginRecord describe(const Note& note) {
  MetricRecord time;
  time.id = "time";
  time.title = "Time";
  time.unit = "ns";
  time.description = "per iteration";
  time.kind = MetricKind::time;
  time.direction = Direction::lower;
  time.domain = Domain::host;
  time.primary = true;
  BenchmarkRecord benchmark;
  benchmark.id = note.id + ".one";
  benchmark.title = "One";
  benchmark.description = "does one thing";
  benchmark.category = "other";
  benchmark.metrics = {time};
  PluginRecord plugin;
  plugin.id = note.id;
  plugin.version = note.version;
  plugin.vendor = note.vendor;
  plugin.licence = note.licence;
  plugin.abi = note.abi_max;
  plugin.benchmarks = {benchmark};
  return plugin;
}

[[noreturn]] void hang() {
  signal(SIGTERM, SIG_IGN);
  for (;;) pause();
}

int probe_plugin(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto note = read_note(bytes);
  if (!note) return finish(Outcome::failed, "BH0202", "no note");
  const auto does = [&](const char* what) { return note->id.find(std::string(".") + what + "_") != std::string::npos; };
  tell(Progress{Phase::loading, 0, 0, 0, "", {}});
  if (does("crash")) {
    (void)!write(2, "\nfirst\n\x1b[2Jcannot find my table\nno heart left\n\n", 47);
    raise(SIGSEGV);
  }
  if (does("rewritten")) {
    std::ofstream(file, std::ios::binary | std::ios::app) << "more";
    raise(SIGBUS);
  }
  if (does("killed")) raise(SIGKILL);
  if (does("term")) raise(SIGTERM);
  if (does("unread")) return finish(Outcome::failed, "BH0201", "cannot read the file: Input/output error");
  if (does("hang")) hang();
  if (does("leave")) _exit(0);
  if (does("loader")) return finish(Outcome::failed, "BH0207", "undefined symbol: no_such_function");
  if (does("library")) {
    return finish(Outcome::failed, "BH0207",
                  "libnowhere.so.3: cannot open shared object file: No such file or directory");
  }
  if (does("refuse")) return finish(Outcome::failed, "BH0203", "the plugin refuses versions 0.1 to 0.1: too old");
  if (does("entry")) return finish(Outcome::failed, "BH0208", "the library does not export bh_plugin_entry");
  if (does("quiet")) return finish();
  PluginRecord record = describe(*note);
  if (does("other")) record.version = "another";
  if (does("twin")) record.benchmarks[0].id = "org.example.twin_1.b.c";
  if (does("badunit")) record.benchmarks[0].metrics[0].unit = "furlong";
  tell(record);
  return finish();
}

int probe_backend(const std::string& file) {
  const std::string name = std::filesystem::path(file).stem().string();
  if (name.find("crash") != std::string::npos) raise(SIGSEGV);
  BackendRecord backend;
  backend.id = "org.example." + name;
  backend.kind = name.substr(0, name.find('-'));
  backend.version = "1";
  backend.abi = 1;
  if (name.find("none") != std::string::npos) {
    backend.reason = "no driver is installed";
  } else {
    backend.score = 10;
    backend.devices = {{backend.kind + ":0", backend.kind, 0, "", {}}};
    if (name.find("liar") != std::string::npos) backend.devices[0].name = "gpu:7";
  }
  tell(backend);
  return finish();
}

}  // namespace

int main(int argc, char** argv) {
  // A sanitizer would turn the signals into an exit code.
  signal(SIGSEGV, SIG_DFL);
  signal(SIGBUS, SIG_DFL);
  int job_fd = -1;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--job-fd") == 0) job_fd = std::atoi(argv[i + 1]);
    if (std::strcmp(argv[i], "--result-fd") == 0) g_result = std::atoi(argv[i + 1]);
  }
  FrameDecoder decoder;
  decoder.feed(read_all(job_fd));
  const auto frame = decoder.next();
  if (!frame || !frame.value()) return 98;
  const auto json = parse_json((*frame)->payload);
  if (!json) return 97;
  const auto job = job_from_json(*json);
  if (!job) return 96;
  if (const char* count = std::getenv("FAKE_PROBES")) {
    const int fd = open(count, O_WRONLY | O_CREAT | O_APPEND, 0600);
    (void)!write(fd, "x\n", 2);
    close(fd);
  }
  tell(Hello{"fake", static_cast<std::uint32_t>(getpid()), 1, 1});
  if (const auto* plugin = std::get_if<ProbePluginJob>(&*job)) return probe_plugin(plugin->file);
  if (const auto* backend = std::get_if<ProbeBackendJob>(&*job)) return probe_backend(backend->file);
  return 95;
}
