#include "cli/console.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "common/base/terminal_text.h"

namespace benchhost::cli {

namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view{value};
}

bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view value = environment(name);
    if (value.empty()) continue;
    return value.find("UTF-8") != std::string_view::npos || value.find("utf8") != std::string_view::npos ||
           value.find("UTF8") != std::string_view::npos || value.find("utf-8") != std::string_view::npos;
  }
  return false;
}

std::size_t width_of(std::FILE* stream) {
  winsize size{};
  if (ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const std::string columns(environment("COLUMNS"));
  char* end = nullptr;
  const unsigned long given = std::strtoul(columns.c_str(), &end, 10);
  if (!columns.empty() && *end == '\0' && given >= 20 && given <= 10'000) return given;
  return 80;
}

}  // namespace

StreamFacts stream_facts(std::FILE* stream, When colour) {
  StreamFacts facts;
  facts.terminal = isatty(fileno(stream)) == 1;
  facts.width = width_of(stream);
  const bool dumb = environment("TERM") == "dumb";
  facts.utf8 = locale_is_utf8() && !dumb;
  if (colour != When::automatic) {
    facts.colour = colour == When::always;
  } else if (!environment("NO_COLOR").empty()) {
    facts.colour = false;
  } else if (!environment("FORCE_COLOR").empty()) {
    facts.colour = true;
  } else {
    facts.colour = facts.terminal && !dumb;
  }
  return facts;
}

void Console::write(std::FILE* stream, std::string_view text, bool& failed) {
  if (failed || text.empty()) return;
  if (std::fwrite(text.data(), 1, text.size(), stream) != text.size() || std::fflush(stream) != 0) failed = true;
}

void Console::text(std::string_view text) {
  if (out_.utf8) return out(text);
  out(ascii_only(text));
}

void Console::say(std::string_view text) {
  if (!quiet_) raw_err(text);
}

void Console::raw_err(std::string_view text) {
  if (err_.utf8) return write(err_stream_, text, err_failed_);
  write(err_stream_, ascii_only(text), err_failed_);
}

std::size_t Console::err_width() const { return err_.terminal ? width_of(err_stream_) : err_.width; }

void Console::error(const Error& error) { diagnostic("error", "\x1b[31m", error); }

void Console::warning(const Error& warning) {
  if (!quiet_) diagnostic("warning", "\x1b[33m", warning);
}

void Console::diagnostic(std::string_view word, std::string_view sgr, const Error& error) {
  std::string text(word);
  if (!error.code.empty()) text += "[" + error.code + "]";
  if (err_.colour) text = std::string(sgr) + text + "\x1b[0m";
  text += ": " + escape_for_terminal(error.message) + '\n';
  const std::string_view arrow = "  --> ";
  if (!error.place.empty()) text += std::string(arrow) + escape_for_terminal(error.place) + '\n';
  if (!error.help.empty()) text += "  help: " + escape_for_terminal(error.help) + '\n';
  raw_err(text);
}

}  // namespace benchhost::cli
