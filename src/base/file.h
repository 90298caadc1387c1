// Whole files in and out, with a bound on what is read.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "base/result.h"

namespace sonde::base {

inline constexpr size_t kMaxFileSize = 256u << 20;

// The whole of a file; works for files of /proc and /sys, whose size is 0. Fails when it is longer than `limit` bytes.
Result<std::string> read_file(const std::string& path, size_t limit = kMaxFileSize);

// A regular file that may be anyone's: nobody is waited for, and a device is named and not opened, which would already
// act on it. `flags`: O_NOFOLLOW. kInvalid says what it is instead: "PATH: a FIFO, no regular file".
Result<Fd> open_regular(const std::string& path, int flags = 0, int directory = AT_FDCWD);
// The same of a descriptor that only names it (O_PATH), or is invalid with the reason in errno.
Result<Fd> reopen_regular(Fd named, const std::string& path);

// Everything that is left to read from a descriptor.
Result<std::string> read_all(int fd, const std::string& name, size_t limit = kMaxFileSize);

Status write_all(int fd, std::string_view bytes, const std::string& name);

// Writes to a temporary file beside `path` and renames it, so that a reader sees the old file or the whole new one.
Status write_file_atomically(const std::string& path, std::string_view bytes, unsigned mode = 0644);

// Device, inode, size and times of a file: the same text means the same content, short of a clock that was turned back.
std::string identity_of(const struct stat& info);

bool file_exists(const std::string& path);

}  // namespace sonde::base
