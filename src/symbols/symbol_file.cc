#include "symbols/symbol_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <unordered_map>

#include "symbols/source_frames.h"

namespace sonde::symbols {
namespace {

struct Shared {
  std::mutex mutex;
  std::unordered_map<std::string, std::weak_ptr<SymbolFile>> modules;
  size_t clean_at = 64;
};

Shared& all() {
  static Shared* shared = new Shared;  // never freed: threads may outlive main()
  return *shared;
}

std::string key_of(const SymbolOptions& options) {
  std::string key = fmt::format("{}{}", options.use_debug_files ? 'd' : '-', options.check_crc ? 'c' : '-');
  for (const std::string& root : options.debug_roots) key += root + '\n';
  return key;
}

std::string hexadecimal(std::string_view bytes) {
  std::string text;
  for (unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

// "PATH has no symbols, and there is no debug file for build-id ab12… in /usr/lib/debug"
std::string no_symbols(const std::string& name, const elf::File& file, const SymbolOptions& options) {
  std::string text = name + " has no symbols";
  if (!options.use_debug_files) return text;
  if (file.build_id().empty()) return text + ", and no build-id to find a debug file by";
  return fmt::format("{}, and there is no debug file for build-id {} in {}", text, hexadecimal(file.build_id()),
                     fmt::join(options.debug_roots, ", "));
}

}  // namespace

std::shared_ptr<SymbolFile> SymbolFile::shared(const std::string& key, std::shared_ptr<SymbolFile> module) {
  Shared& shared = all();
  std::lock_guard lock(shared.mutex);
  if (shared.modules.size() >= shared.clean_at) {
    std::erase_if(shared.modules, [](const auto& each) { return each.second.expired(); });
    shared.clean_at = std::max<size_t>(64, shared.modules.size() * 2);
  }
  std::weak_ptr<SymbolFile>& known = shared.modules[key];
  if (auto living = known.lock()) return living;
  known = module;
  return module;
}

Result<std::shared_ptr<SymbolFile>> SymbolFile::of_file(base::Fd fd, const std::string& name,
                                                        const SymbolOptions& options) {
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return base::fail_errno(errno, name);
  std::string key = fmt::format("{:x} {} {} {}.{} {}", info.st_dev, info.st_ino, info.st_size, info.st_mtim.tv_sec,
                                info.st_mtim.tv_nsec, key_of(options));
  std::shared_ptr<SymbolFile> module(new SymbolFile(name, options));
  module->fd_ = std::move(fd);
  return shared(key, std::move(module));
}

std::shared_ptr<SymbolFile> SymbolFile::of_bytes(std::string bytes, const std::string& name,
                                                 const SymbolOptions& options) {
  std::shared_ptr<SymbolFile> module(new SymbolFile(name, options));
  module->bytes_ = bytes;
  return shared(bytes + key_of(options), std::move(module));
}

void SymbolFile::read(const Location& where) {
  std::call_once(read_, [&] {
    where_ = where;
    if (Status status = read_symbols(where); !status) unreadable_ = status.error().what;
  });
}

Result<elf::File> SymbolFile::open() {
  if (fd_.valid()) return elf::File::from_fd(std::move(fd_), name_);
  return elf::File::from_bytes(std::move(bytes_), name_);
}

Status SymbolFile::read_symbols(const Location& where) {
  ASSIGN_OR_RETURN(elf::File file, open());
  file_ = std::make_shared<const elf::File>(std::move(file));
  ASSIGN_OR_RETURN(elf::SymbolTable table, symbols_of(file_, where, options_, &debug_file_));
  if (table.size() == 0) return base::fail(ErrorKind::kNotFound, no_symbols(name_, *file_, options_));
  table_ = std::move(table);
  for (auto& each : names_) each = std::make_unique<SymbolNames>();
  not_there_ = fmt::format("no function of {} lies there", name_);
  return {};
}

const std::string& SymbolFile::build_id() const {
  static const std::string none;
  return file_ ? file_->build_id() : none;
}

bool SymbolFile::find(uint64_t file_offset, bool demangle, Found& found, std::string_view& why) {
  why = unreadable_;
  if (!table_) return false;
  why = not_there_;
  elf::SymbolTable::Symbol symbol;
  std::optional<uint64_t> address = file_->address_of(file_offset);
  if (!address || !table_->find(*address, symbol)) return false;
  auto name = names_[demangle]->name(*table_, symbol, demangle);
  if (!name) {
    std::lock_guard lock(mutex_);
    why = damages_.keep(name.error().what);
  }
  if (!name || name->empty()) return false;
  found = {*name, *address - symbol.address};
  return true;
}

Result<uint64_t> SymbolFile::offset_of(std::string_view name) const {
  if (!table_) return base::fail(ErrorKind::kNotFound, unreadable_);
  auto symbol = table_->find(name);
  if (!symbol) return base::fail(ErrorKind::kNotFound, fmt::format("{} has no function {}", name_, name));
  auto offset = file_->offset_of(symbol->address);
  if (!offset) return base::fail(ErrorKind::kNotFound, fmt::format("{}: {} is not in the file", name_, name));
  return *offset;
}

Result<std::vector<Frame>> SymbolFile::frames(uint64_t file_offset) const {
  if (!file_) return base::fail(ErrorKind::kNotFound, unreadable_);
  std::optional<uint64_t> address = file_->address_of(file_offset);
  if (!address) return base::fail(ErrorKind::kNotFound, fmt::format("{} has no code there", name_));
  if (has_dwarf(*file_) || !options_.use_debug_files) return source_frames(*file_, *address, where_, options_);
  if (debug_file_) return source_frames(*debug_file_, *address, where_, options_);
  auto debug_file = find_debug_file(*file_, where_, options_);
  if (!debug_file) return tl::unexpected(base::in_context("no DWARF in the file itself", debug_file.error()));
  return source_frames(**debug_file, *address, where_, options_);
}

}  // namespace sonde::symbols
