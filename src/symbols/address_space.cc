#include "symbols/address_space.h"

#include <sys/auxv.h>
#include <sys/resource.h>

#include <algorithm>

#include "base/file.h"
#include "symbols/coarse_clock.h"

namespace sonde::symbols {
namespace {

constexpr std::string_view kVdso = "[vdso]";

bool is_code(const MappedFile& file) { return file.is_file() || file.path == kVdso; }

std::string key_of(const MappedFile& file) {
  return fmt::format("{} {} {} {}", file.device, file.inode, file.deleted, file.path);
}

// What was there before and has nothing in its place now.
std::vector<Mapping> merged(const std::vector<Mapping>& fresh, const std::vector<Mapping>& old) {
  std::vector<Mapping> all;
  all.reserve(fresh.size() + old.size());
  auto next = fresh.begin();
  for (const Mapping& each : old) {
    for (; next != fresh.end() && next->start < each.end; ++next) all.push_back(*next);
    if (all.empty() || all.back().end <= each.start) all.push_back(each);
  }
  all.insert(all.end(), next, fresh.end());
  return all;
}

// Those that have gone: enough for every library a process ever unloads, and an end for those that never stop.
constexpr size_t kMostGone = 16384;

std::vector<Mapping> only_code(const std::vector<Mapping>& mappings, const std::deque<ProcessFile>& files) {
  std::vector<Mapping> code;
  for (const Mapping& each : mappings) {
    if (each.executable && is_code(files[each.file].mapped)) code.push_back(each);
  }
  return code;
}

// Descriptors that are kept for later must leave enough for everything else.
bool is_one_of_too_many(int fd) {
  rlimit limit{};
  return fd >= 0 && ::getrlimit(RLIMIT_NOFILE, &limit) == 0 && static_cast<rlim_t>(fd) > limit.rlim_cur / 2;
}

// The kernel maps the same image into all processes of one kind: ours will do where a process's memory may not be read.
Result<std::string> own_vdso(uint64_t size) {
  ASSIGN_OR_RETURN(std::string text, base::read_file("/proc/self/maps"));
  Maps maps = parse_maps(text);
  auto* image = reinterpret_cast<const char*>(::getauxval(AT_SYSINFO_EHDR));
  const Mapping* own = find_mapping(maps.mappings, reinterpret_cast<uint64_t>(image));
  if (!own || own->end - own->start != size) return base::fail(ErrorKind::kPermission, "[vdso] cannot be read");
  return std::string(image, size);
}

std::string directory_of(const std::string& path) { return path.substr(0, std::max<size_t>(path.rfind('/'), 1)); }

}  // namespace

bool AddressSpace::find(uint64_t address, Place& place) const {
  std::shared_lock lock(mutex_);
  const Mapping* mapping = find_mapping(mappings_, address);
  if (!mapping) return false;
  place = {*mapping, const_cast<ProcessFile*>(&files_[mapping->file]), address - mapping->start + mapping->offset};
  return true;
}

std::string AddressSpace::why_nothing() const {
  std::shared_lock lock(mutex_);
  return why_nothing_;
}

bool AddressSpace::look(int64_t now_ms, bool eager) {
  if (now_ms < (eager ? next_eager_look_ms_ : next_look_ms_)) return false;
  std::lock_guard lock(slow_);
  if (ended_) next_look_ms_ = next_eager_look_ms_ = INT64_MAX;
  if (now_ms < (eager ? next_eager_look_ms_ : next_look_ms_)) return false;
  int64_t start = exact_ms();
  auto text = process_.read("maps");
  Process::Program program = process_.program();
  ended_ = !text && !process_.exists();
  if (text && !text->empty()) {
    open_root();
    take(parse_maps(*text), program == program_);
    program_ = program;
  } else if (mappings_.empty()) {
    std::unique_lock writing(mutex_);
    why_nothing_ = text     ? "has no memory of its own: a kernel thread, or one that has ended"
                   : ended_ ? "ended before its mappings were read"
                            : text.error().what;
    if (text || ended_) why_nothing_ = fmt::format("process {} {}", process_.pid(), why_nothing_);
  }
  int64_t took = exact_ms() - start;
  next_eager_look_ms_ = now_ms + std::max<int64_t>(100, took * 20);
  next_look_ms_ = now_ms + std::max<int64_t>(1000, took * 100);
  return true;
}

// Contract: slow_ is held, as for all that follows. Debug files are looked for in the root that it has while it runs.
void AddressSpace::open_root() {
  root_.reset();
  if (process_.shares_our_root()) return;
  if (auto opened = process_.open_root()) root_ = std::make_shared<const base::Fd>(std::move(*opened));
}

void AddressSpace::take(const Maps& maps, bool same_program) {
  std::vector<Mapping> fresh = maps.mappings;
  std::vector<uint32_t> indexes;
  {
    std::unique_lock writing(mutex_);
    for (const MappedFile& each : maps.files) indexes.push_back(index_of(process_.settled(each)));
  }
  has_code_without_file_ = false;
  for (Mapping& each : fresh) {
    if (each.executable && maps.files[each.file].is_memory()) has_code_without_file_ = true;
    each.file = indexes[each.file];
  }
  std::vector<Mapping> old = same_program ? only_code(mappings_, files_) : std::vector<Mapping>();
  if (old.size() > fresh.size() + kMostGone) old.clear();
  std::vector<Mapping> all = merged(fresh, old);
  open_files(all);
  std::unique_lock writing(mutex_);
  mappings_ = std::move(all);
  why_nothing_.clear();
}

uint32_t AddressSpace::index_of(const MappedFile& file) {
  auto [known, is_new] = known_files_.try_emplace(key_of(file), static_cast<uint32_t>(files_.size()));
  if (is_new) files_.emplace_back(file);
  return known->second;
}

// While the process lives: when it has ended, only what is open can still be read.
void AddressSpace::open_files(const std::vector<Mapping>& mappings) {
  for (const Mapping& each : mappings) {
    ProcessFile& file = files_[each.file];
    if (!each.executable || !is_code(file.mapped) || file.settled || file.module) continue;
    auto module = open(each, file.mapped);
    if (module && !is_one_of_too_many((*module)->descriptor())) file.module = std::move(*module);
  }
}

Result<std::shared_ptr<SymbolFile>> AddressSpace::open(const Mapping& mapping, const MappedFile& file) const {
  if (file.is_file()) {
    ASSIGN_OR_RETURN(base::Fd fd, process_.open_mapped(mapping, file));
    return SymbolFile::of_file(std::move(fd), file.path, options_);
  }
  uint64_t size = mapping.end - mapping.start;
  auto image = process_.read_memory(mapping.start, size);
  if (!image) image = own_vdso(size);
  if (!image) return tl::unexpected(image.error());
  return SymbolFile::of_bytes(std::move(*image), file.path, options_);
}

Location AddressSpace::location_of(const ProcessFile& file) const {
  Location where;
  where.directory = directory_of(file.mapped.path);
  where.name = file.mapped.path.substr(std::min(file.mapped.path.rfind('/') + 1, file.mapped.path.size()));
  if (root_) {
    where.root = fmt::format("/proc/self/fd/{}", root_->get());
    where.shown_root = fmt::format("/proc/{}/root", process_.pid());
    where.root_fd = root_;
  }
  return where;
}

SymbolFile* AddressSpace::module_of(const Place& place) {
  ProcessFile& file = *place.file;
  if (file.settled.load(std::memory_order_acquire)) return file.module.get();
  std::lock_guard lock(slow_);
  if (file.settled) return file.module.get();
  if (!file.module) {
    auto module = open(place.mapping, file.mapped);
    if (module) file.module = std::move(*module);
    else file.why = module.error().what;
  }
  if (file.module) file.module->read(location_of(file));
  file.settled.store(true, std::memory_order_release);
  return file.module.get();
}

Result<uint64_t> AddressSpace::address_of(std::string_view wanted, std::string_view name) {
  std::vector<Mapping> mappings;
  {
    std::shared_lock lock(mutex_);
    mappings = only_code(mappings_, files_);
  }
  Error error{ErrorKind::kNotFound, fmt::format("process {} has no code of {} mapped", process_.pid(), wanted), 0, {}};
  if (wanted.empty()) error.what = fmt::format("process {} has no function {}", process_.pid(), name);
  for (const Mapping& each : mappings) {
    Place place;
    if (!find(each.start, place) || (!wanted.empty() && place.file->mapped.path != wanted)) continue;
    SymbolFile* module = module_of(place);
    auto offset = module ? module->offset_of(name) : base::fail(ErrorKind::kNotFound, place.file->why);
    bool is_here = offset && *offset >= each.offset && *offset - each.offset < each.end - each.start;
    if (is_here) return each.start + (*offset - each.offset);
    if (!offset && !wanted.empty()) error = offset.error();
  }
  return tl::unexpected(error);
}

}  // namespace sonde::symbols
