// Functions, files and lines of the source: which descriptors the child gets, and names as people write them.
#include "symbols/source_frames.h"

#include <elf.h>
#include <sys/stat.h>

#include <deque>
#include <mutex>
#include <unordered_map>

#include "base/file.h"
#include "elf/debug_link.h"
#include "symbols/binary_root.h"
#include "symbols/dwarf_child.h"

namespace sonde::symbols {

namespace {

constexpr size_t kMostShared = 32;

std::string identity_of(const elf::File& file) {
  struct stat info{};
  return ::fstat(file.fd(), &info) == 0 ? base::identity_of(info) : "";
}

// What a shared debug file may be called: by its build-id in the directories of debug files, or as the link has it.
std::vector<std::string> candidates(const elf::DebugAltLink& link, const Location& where,
                                    const SymbolOptions& options) {
  std::vector<std::string> paths;
  for (const std::string& root : debug_roots(options))
    paths.push_back(root + "/.build-id/" + elf::build_id_path(link.build_id));
  paths.push_back(link.path.starts_with('/') ? link.path : where.directory + "/" + link.path);
  return paths;
}

using SharedFile = std::shared_ptr<const elf::File>;

SharedFile find_shared(const elf::File& file, const Location& where, const SymbolOptions& options) {
  auto link = elf::debug_alt_link(file);
  if (!link || !options.use_debug_files) return nullptr;
  std::vector<std::string> paths = candidates(*link, where, options), roots{where.root};
  if (!where.root.empty()) roots.push_back("");
  for (const std::string& root : roots) {
    for (const std::string& path : paths) {
      auto fd = open_in(root, path);
      auto found = fd ? elf::File::from_fd(std::move(*fd), root + path) : tl::unexpected(fd.error());
      if (found && found->build_id() == link->build_id) return std::make_shared<const elf::File>(std::move(*found));
    }
  }
  return nullptr;
}

// The shared files of the files asked for lately, kept open.
SharedFile shared_of(const elf::File& file, const std::string& identity, const Location& where,
                     const SymbolOptions& options) {
  struct Known {
    std::string identity;
    SharedFile shared;
  };
  static std::mutex mutex;
  static std::deque<Known> known;
  if (!file.section(".gnu_debugaltlink")) return nullptr;
  std::lock_guard lock(mutex);
  for (const Known& each : known) {
    if (each.identity == identity && each.shared) return each.shared;
  }
  SharedFile shared = find_shared(file, where, options);
  if (known.size() == kMostShared) known.pop_front();
  known.push_back({identity, shared});
  return shared;
}

// Each name once: the same functions come again and again in one batch.
class Demangled {
 public:
  const std::string& operator()(const std::string& name) {
    auto [entry, is_new] = names_.try_emplace(name);
    if (is_new) entry->second = demangle(name);
    return entry->second;
  }

 private:
  std::unordered_map<std::string, std::string> names_;
};

std::vector<FramesResult> same_for_all(size_t count, const Error& error) { return {count, tl::unexpected(error)}; }

}  // namespace

bool has_dwarf(const elf::File& file) {
  for (const char* name : {".debug_info", ".zdebug_info"}) {
    const elf::Section* section = file.section(name);
    if (section && section->type != SHT_NOBITS && section->size > 0) return true;
  }
  return false;
}

std::vector<FramesResult> source_frames(const elf::File& file, const std::vector<uint64_t>& addresses,
                                        const Location& where, const SymbolOptions& options) {
  if (!has_dwarf(file)) return same_for_all(addresses.size(), {ErrorKind::kNotFound, file.name() + ": has no DWARF"});
  if (file.fd() < 0) return same_for_all(addresses.size(), {ErrorKind::kUnsupported, file.name() + ": is no file"});
  std::string identity = identity_of(file);
  SharedFile shared = shared_of(file, identity, where, options);
  std::vector<FramesResult> answers =
      DwarfChild::ours().ask({file.fd(), shared ? shared->fd() : -1, identity}, addresses);
  Demangled demangled;
  for (FramesResult& answer : answers) {
    if (!answer) answer = tl::unexpected(base::in_context(file.name(), answer.error()));
    else
      for (Frame& frame : *answer) frame.function = demangled(frame.function);
  }
  return answers;
}

FramesResult source_frames(const elf::File& file, uint64_t address, const Location& where,
                           const SymbolOptions& options) {
  return std::move(source_frames(file, std::vector<uint64_t>{address}, where, options).front());
}

}  // namespace sonde::symbols
