// Names by build-id and offset in the file: for stacks of processes that are not looked at.
#include <map>
#include <mutex>

#include "base/file.h"
#include "base/result.h"
#include "symbols/symbol_file.h"

namespace sonde {

struct BuildIdSymbols::State {
  struct File {
    std::string path;
    std::shared_ptr<symbols::SymbolFile> module;
  };
  SymbolOptions options;
  std::mutex mutex;
  std::map<std::string, File, std::less<>> files;  // none is ever removed: views are given out
};

BuildIdSymbols::BuildIdSymbols(const SymbolOptions& options) : state_(std::make_shared<State>()) {
  state_->options = options;
}

Status BuildIdSymbols::add(const std::string& path) {
  ASSIGN_OR_RETURN(base::Fd fd, base::open_regular(path));
  ASSIGN_OR_RETURN(auto module, symbols::SymbolFile::of_file(std::move(fd), path, state_->options));
  size_t slash = path.rfind('/');
  module->read({"", path.substr(0, std::max<size_t>(slash, 1)), path.substr(slash + 1)});
  if (module->build_id().empty()) return base::fail(ErrorKind::kNotFound, path + ": no build-id to find it by");
  std::lock_guard lock(state_->mutex);
  state_->files.try_emplace(module->build_id(), State::File{path, module});
  return {};
}

Symbol BuildIdSymbols::resolve(std::string_view build_id, uint64_t file_offset, bool demangle) const {
  const State::File* file = nullptr;
  {
    std::lock_guard lock(state_->mutex);
    auto found = state_->files.find(build_id);
    if (found == state_->files.end()) return {.offset = file_offset, .why = "no file with this build-id was added"};
    file = &found->second;
  }
  symbols::SymbolFile::Found found;
  std::string_view why;
  if (!file->module->find(file_offset, demangle, found, why)) return {{}, file->path, file_offset, why};
  return {found.name, file->path, found.offset, {}};
}

}  // namespace sonde
