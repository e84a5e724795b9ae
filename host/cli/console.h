// The two standard streams and what stands behind them. Data goes to standard output, all else to standard error.
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "report/run_report.h"

namespace benchhost::cli {

enum class When { automatic, always, never };

/// What a stream can show.
struct StreamFacts {
  bool terminal = false;
  std::size_t width = 80;  ///< columns
  bool utf8 = false;
  bool colour = false;
};

/// Asks the system about a stream. Width: the terminal's, else COLUMNS, else 80. UTF-8: by LC_ALL, LC_CTYPE, LANG, and
/// never with TERM=dumb. Colour: flag, then a non-empty NO_COLOR, then FORCE_COLOR, then whether it is a terminal and
/// TERM is not dumb.
[[nodiscard]] StreamFacts stream_facts(std::FILE* stream, When colour);

/// Writes to the streams. A stream that was closed or is full makes later writes do nothing: results are in the store,
/// and a reader that went away (a pager, `head`) is no error. Thread: one.
class Console {
 public:
  /// The streams outlive it.
  Console(StreamFacts out, StreamFacts err, bool quiet, std::FILE* out_stream = stdout, std::FILE* err_stream = stderr)
      : out_(out), err_(err), quiet_(quiet), out_stream_(out_stream), err_stream_(err_stream) {}

  /// Data, byte by byte.
  void out(std::string_view data) { write(out_stream_, data, out_failed_); }
  /// Text for people on standard output: without a byte above 0x7f where the stream has no UTF-8.
  void text(std::string_view text);
  /// A message; nothing with --quiet.
  void say(std::string_view text);
  /// error[BH0102]: message / --> place / help: …
  void error(const Error& error);
  void warning(const Error& warning);
  /// Text and control sequences on standard error, with --quiet too.
  void raw_err(std::string_view text);
  /// Columns of standard error now: a terminal may have been resized.
  [[nodiscard]] std::size_t err_width() const;

  [[nodiscard]] const StreamFacts& out_facts() const { return out_; }
  [[nodiscard]] const StreamFacts& err_facts() const { return err_; }
  [[nodiscard]] bool quiet() const { return quiet_; }
  [[nodiscard]] report::Style style() const { return {out_.width, !out_.utf8, out_.colour}; }

 private:
  void write(std::FILE* stream, std::string_view text, bool& failed);
  void diagnostic(std::string_view word, std::string_view sgr, const Error& error);

  StreamFacts out_;
  StreamFacts err_;
  bool quiet_;
  std::FILE* out_stream_;
  std::FILE* err_stream_;
  bool out_failed_ = false;
  bool err_failed_ = false;
};

}  // namespace benchhost::cli
