#pragma once
// The note of an ELF or PE file, read as bytes: nothing of the file runs.

#include <string>

namespace benchhost::contract {

/// The text of the one note in the file.
/// Errors: "" if there is none, more than one, or it is malformed.
std::string note_of_file(const std::string& path);

}  // namespace benchhost::contract
