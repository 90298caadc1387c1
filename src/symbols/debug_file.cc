#include "symbols/debug_file.h"

#include <elf.h>

#include <cstdlib>

#include "elf/debug_link.h"
#include "elf/mini_debuginfo.h"
#include "symbols/binary_root.h"

namespace sonde::symbols {
namespace {

using elf::File;
using FilePtr = std::shared_ptr<const File>;

constexpr size_t kMaxBuildId = 64;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

class Search {
 public:
  Search(const File& file, const Location& where, const SymbolOptions& options)
      : file_(file),
        where_(where),
        link_(elf::debug_link(file)),
        check_crc_(options.check_crc),
        debug_roots_(debug_roots(options)) {}

  FilePtr find() {
    if (FilePtr found = find_below_symfs()) return found;
    if (FilePtr found = find_by_build_id(where_.root)) return found;
    if (FilePtr found = find_by_link(where_.root)) return found;
    if (where_.root.empty()) return nullptr;
    if (FilePtr found = find_by_build_id("")) return found;
    return find_by_link("");
  }

  Error not_found() const {
    std::string looked;
    for (const std::string& each : looked_for_) looked += (looked.empty() ? "" : ", ") + each;
    std::string why =
        looked.empty() ? "it names none, neither by a build-id nor by a debug link" : "looked for " + looked;
    return {ErrorKind::kNotFound, fmt::format("{}: no debug file: {}", file_.name(), why), 0, {}};
  }

 private:
  FilePtr find_below_symfs() {
    std::string top = environment("BCC_SYMFS");
    if (top.empty() || where_.name.empty()) return nullptr;
    FilePtr found = open("", top + where_.directory + "/" + where_.name);
    return found && found->build_id() == file_.build_id() ? found : nullptr;
  }

  FilePtr find_by_build_id(const std::string& root) {
    const std::string& id = file_.build_id();
    if (id.size() < 2 || id.size() > kMaxBuildId) return nullptr;
    for (const std::string& each : debug_roots_) {
      FilePtr found = open(root, each + "/.build-id/" + elf::build_id_path(id));
      if (found && found->build_id() == id) return found;
    }
    return nullptr;
  }

  FilePtr find_by_link(const std::string& root) {
    if (!link_) return nullptr;
    std::vector<std::string> directories{where_.directory, where_.directory + "/.debug"};
    for (const std::string& each : debug_roots_) directories.push_back(each + where_.directory);
    for (const std::string& each : directories) {
      FilePtr found = open(root, each + "/" + link_->file_name);
      if (found && is_linked(*found)) return found;
    }
    return nullptr;
  }

  bool is_linked(const File& found) const {
    if (!check_crc_) return found.build_id() == file_.build_id();
    auto crc = elf::crc_of(found);
    return crc && *crc == link_->crc;
  }

  FilePtr open(const std::string& root, const std::string& path) {
    looked_for_.push_back((root.empty() || where_.shown_root.empty() ? root : where_.shown_root) + path);
    auto fd = open_in(root, path);
    if (!fd) return nullptr;
    auto opened = File::from_fd(std::move(*fd), root + path);
    if (!opened || opened->machine() != file_.machine() || opened->is_64_bit() != file_.is_64_bit()) return nullptr;
    return std::make_shared<const File>(std::move(*opened));
  }

  const File& file_;
  const Location& where_;
  std::optional<elf::DebugLink> link_;
  bool check_crc_;
  std::vector<std::string> debug_roots_;
  std::vector<std::string> looked_for_;
};

bool has_all_symbols(const File& file) {
  const elf::Section* section = file.section_of_type(SHT_SYMTAB);
  return section && section->size > 0;
}

}  // namespace

std::vector<std::string> debug_roots(const SymbolOptions& options) {
  std::vector<std::string> roots = options.debug_roots;
  std::string first = environment("BCC_DEBUGINFO_ROOT");
  if (!first.empty()) roots.insert(roots.begin(), first);
  return roots;
}

Result<FilePtr> find_debug_file(const File& file, const Location& where, const SymbolOptions& options) {
  Search search(file, where, options);
  if (FilePtr found = search.find()) return found;
  return tl::unexpected(search.not_found());
}

Result<elf::SymbolTable> symbols_of(FilePtr file, const Location& where, const SymbolOptions& options,
                                    FilePtr* debug_file) {
  std::vector<FilePtr> files{file};
  bool complete = has_all_symbols(*file);
  if (!complete && options.use_debug_files) {
    if (auto found = find_debug_file(*file, where, options)) {
      complete = has_all_symbols(**found);
      if (debug_file) *debug_file = *found;
      files.push_back(std::move(*found));
    }
  }
  if (!complete) {
    if (auto packed = elf::mini_debuginfo(*file)) files.push_back(std::make_shared<const File>(std::move(*packed)));
  }
  return elf::SymbolTable::read(std::move(files));
}

}  // namespace sonde::symbols
