#include "worker/loader/shared_library.h"

#include <exception>
#include <string_view>

#include <boost/dll/shared_library.hpp>

#if defined(__unix__) || defined(__APPLE__)
#include <dlfcn.h>
#endif

namespace benchhost::loader {
namespace {

/// The loader's sentence out of Boost's, which wraps it.
std::string loader_words(const std::string& what) {
  static constexpr std::string_view kBefore = "dlerror system message: ";
  const auto begin = what.find(kBefore);
  if (begin == std::string::npos) return what;
  std::string words = what.substr(begin + kBefore.size());
  if (const auto end = words.rfind("): "); end != std::string::npos) words.resize(end);
  return words;
}

}  // namespace

Result<SharedLibrary> SharedLibrary::open(const std::string& file) {
  try {
    int mode = boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local;
#if defined(RTLD_NODELETE)
    // Makes "never unloaded" a property of the mapping: closing the handle at the end of the process changes nothing.
    mode |= RTLD_NODELETE;
#endif
    auto library = std::make_shared<boost::dll::shared_library>();
    library->load(boost::dll::fs::path(file), static_cast<boost::dll::load_mode::type>(mode));
    return SharedLibrary(std::move(library));
  } catch (const std::exception& failure) {
    return make_error("BH0207", loader_words(failure.what())).in(file);
  }
}

void* SharedLibrary::symbol(const char* name) const {
  const auto& library = *static_cast<const boost::dll::shared_library*>(library_.get());
  return library.has(name) ? static_cast<void*>(&library.get<char>(name)) : nullptr;
}

}  // namespace benchhost::loader
