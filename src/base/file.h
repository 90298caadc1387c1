// Whole files in and out, with a bound on what is read.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sonde::base {

inline constexpr size_t kMaxFileSize = 256u << 20;

// The whole of a file; works for files of /proc and /sys, whose size is 0. Fails when it is longer than `limit` bytes.
Result<std::string> read_file(const std::string& path, size_t limit = kMaxFileSize);

// Everything that is left to read from a descriptor.
Result<std::string> read_all(int fd, const std::string& name, size_t limit = kMaxFileSize);

Status write_all(int fd, std::string_view bytes, const std::string& name);

// Writes to a temporary file beside `path` and renames it, so that a reader sees the old file or the whole new one.
Status write_file_atomically(const std::string& path, std::string_view bytes, unsigned mode = 0644);

// Device, inode, size and times of a file: the same text means the same content, short of a clock that was turned back.
std::string identity_of(const struct stat& info);

bool file_exists(const std::string& path);

}  // namespace sonde::base
