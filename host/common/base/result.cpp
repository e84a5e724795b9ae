#include "common/base/result.h"

namespace benchhost {

std::string to_text(const Error& error) {
  std::string text;
  if (!error.place.empty()) text += error.place + ": ";
  text += error.message;
  if (!error.help.empty()) text += " (" + error.help + ")";
  return text;
}

}  // namespace benchhost
