// The root of the file system that a process sees, and files in it: reached through /proc/PID/root, never by entering
// its namespaces.
#pragma once

#include <string>

#include "base/fd.h"
#include "base/result.h"
#include "symbols/found_file.h"

namespace sonde::symbols {

// "" when it is ours, or when `pid` is not positive; else "/proc/PID/root". kNotFound when there is no such process.
Result<std::string> root_of(int pid);

// The path that is reached from the directory `top`, without symbolic links but those that `top` may have; an absolute
// link leads on from `root`, and nothing leads out of it. Both begin the result. That the file is missing is no
// failure.
Result<std::string> walk(const std::string& root, const std::string& top, const std::string& path);

// What the link says; empty if it is none, or may not be read.
std::string read_link(const std::string& path);

// An absolute path without symbolic links, followed as in that root: an absolute link of the process stays inside of
// it.
Result<std::string> resolve_in(const std::string& root, const std::string& path);

// A regular file for reading; `path` as resolve_in() gives it. Neither leaves the root nor waits for a FIFO.
Result<base::Fd> open_in(const std::string& root, const std::string& path);

// Likewise; what is reached by a link of /proc/PID, or lies in no root that we know of, by its path.
Result<base::Fd> open_found(const FoundFile& found);

// Its bytes, at most `limit`.
Result<std::string> read_in(const std::string& root, const std::string& path, size_t limit);

}  // namespace sonde::symbols
