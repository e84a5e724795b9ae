#include "worker/device/thread_error.h"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace benchhost::device {
namespace {

using Text = std::array<char, BH_MAX_TEXT + 1>;

struct ThreadError {
  Text error{};
  Text fault{};
  std::uint32_t fault_class = 0;
};

ThreadError& mine() {
  thread_local ThreadError state;
  return state;
}

// A text that was cut in the middle of a character would not be UTF-8.
void trim_partial_character(Text& text) {
  std::size_t size = std::strlen(text.data());
  if (size + 1 < text.size()) return;
  while (size > 0 && (static_cast<unsigned char>(text[size - 1]) & 0xC0U) == 0x80U) --size;
  if (size > 0 && (static_cast<unsigned char>(text[size - 1]) & 0x80U) != 0) --size;
  text[size] = '\0';
}

}  // namespace

void set_error(const char* format, ...) {
  Text& text = mine().error;
  va_list arguments;
  va_start(arguments, format);
  (void)std::vsnprintf(text.data(), text.size(), format, arguments);
  va_end(arguments);
  trim_partial_character(text);
}

const char* error_text() { return mine().error.data(); }

void store_fault(const bh_be_fault_t& fault) {
  ThreadError& state = mine();
  // A worse class wins, and of one class the first text: later ones are its context.
  if (state.fault_class >= fault.fault_class && state.fault_class != 0) return;
  state.fault_class = fault.fault_class;
  const bool named = fault.call != nullptr && fault.call[0] != '\0';
  const char* text = fault.text != nullptr ? fault.text : "no reason given";
  if (fault.api_code != 0) {
    (void)std::snprintf(state.fault.data(), state.fault.size(), "%s%s%.3500s [api %lld]", named ? fault.call : "",
                        named ? ": " : "", text, static_cast<long long>(fault.api_code));
  } else {
    (void)std::snprintf(state.fault.data(), state.fault.size(), "%s%s%.3500s", named ? fault.call : "",
                        named ? ": " : "", text);
  }
  trim_partial_character(state.fault);
}

void clear_fault() { mine().fault_class = 0; }

std::uint32_t take_fault() {
  ThreadError& state = mine();
  const std::uint32_t fault_class = state.fault_class;
  if (fault_class != 0) state.error = state.fault;
  state.fault_class = 0;
  return fault_class;
}

}  // namespace benchhost::device
