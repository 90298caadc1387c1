// The root of the file system that a process sees, and files in it: reached through /proc/PID/root, never by entering its
// namespaces.
#pragma once

#include <memory>
#include <string>

#include "base/fd.h"
#include "base/result.h"

namespace sonde::symbols {

// "" when it is ours, or when `pid` is not positive; else "/proc/PID/root". kNotFound when there is no such process.
Result<std::string> root_of(int pid);

// An absolute path without symbolic links, followed as in that root: an absolute link of the process stays inside of it.
Result<std::string> resolve_in(const std::string& root, const std::string& path);

// A regular file for reading; `path` as resolve_in() gives it. Neither leaves the root nor waits for a FIFO.
Result<base::Fd> open_in(const std::string& root, const std::string& path);

// Its bytes, at most `limit`.
Result<std::string> read_in(const std::string& root, const std::string& path, size_t limit);

}  // namespace sonde::symbols
