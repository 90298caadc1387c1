#include "bpf/load/loaded_object.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/file.h"
#include "bpf/load/libbpf_log.h"
#include "bpf/load/minimal_btf.h"
#include "bpf/maps/map_setup.h"
#include "bpf/system/permission.h"
#include "kernel/btf_pieces.h"
#include "kernel/cpus.h"
#include "kernel/features.h"
#include "kernel/release.h"
#include "spec/map_types.h"

namespace sonde::bpf {
namespace {

constexpr int kMaxAttempts = 10;

tl::unexpected<Error> load_failed(int code, const Capture& capture, const spec::Spec& spec) {
  std::string cause = capture.cause();
  std::string what = cause.empty() ? "cannot load the object" : fmt::format("cannot load the object: {}", cause);
  if (code == EPERM || code == EACCES) {
    return base::fail(ErrorKind::kPermission, may_load_programs() ? what : "loading BPF programs needs root",
                      permission_hint());
  }
  for (const spec::Map& map : spec.maps) {
    const spec::MapType& type = spec::map_type(map.type);
    if (type.feature.empty() || !kernel::lacks_feature(type.feature)) continue;
    return base::fail(
        ErrorKind::kUnsupported,
        fmt::format("map {}: this kernel ({}) has no {}", map.name, kernel::running_release(), type.plural),
        fmt::format("they came with Linux {}; {} works on older ones", kernel::feature_since(type.feature),
                    type.instead));
  }
  if (spec.portable && kernel::lacks_feature("btf")) {
    return base::fail(ErrorKind::kUnsupported,
                      fmt::format("this kernel ({}) has no BTF, which a portable object needs to find its types",
                                  kernel::running_release()),
                      fmt::format("it takes Linux {}", kernel::feature_since("btf")));
  }
  return base::fail_errno(code, what);
}

// The kernel wants one slot a CPU, and the machine that compiled may have had fewer.
void size_perf_outputs(bpf_object* object, const spec::Spec& spec) {
  for (const spec::Map& map : spec.maps) {
    bpf_map* found = map.kind == "perf_output" ? bpf_object__find_map_by_name(object, map.name.c_str()) : nullptr;
    if (found) bpf_map__set_max_entries(found, kernel::possible_cpus());
  }
}

void shrink(bpf_map* map) {
  if (!map) return;
  bpf_map__set_type(map, BPF_MAP_TYPE_ARRAY);
  bpf_map__set_key_size(map, sizeof(uint32_t));
  bpf_map__set_value_size(map, sizeof(uint32_t));
  bpf_map__set_max_entries(map, 1);
  bpf_map__set_map_flags(map, 0);
}

void preallocate_hashes(bpf_object* object) {
  bpf_map* map = nullptr;
  bpf_object__for_each_map(map, object) {
    auto type = bpf_map__type(map);
    bool is_hash = type == BPF_MAP_TYPE_HASH || type == BPF_MAP_TYPE_PERCPU_HASH;
    if (is_hash) bpf_map__set_map_flags(map, bpf_map__map_flags(map) & ~static_cast<uint32_t>(BPF_F_NO_PREALLOC));
  }
}

// Only lookups are made in it: what its values are does not matter.
Status take_pinned_hash(bpf_map* map, const std::string& path) {
  int fd = bpf_obj_get(path.c_str());
  if (fd < 0 && errno == ENOENT) {
    return base::fail(ErrorKind::kNotFound,
                      fmt::format("there is no BPF map pinned at {}: {}", path, std::strerror(ENOENT)),
                      "bpftool map pin name NAME PATH makes one, below /sys/fs/bpf");
  }
  if (fd < 0) {
    int code = errno;
    bool refused = code == EACCES || code == EPERM;
    return base::fail_errno(code, fmt::format("cannot open what is pinned at {}", path),
                            refused ? file_permission_hint(path) : "");
  }
  bpf_map_info info{};
  uint32_t length = sizeof info;
  bool is_hash = bpf_obj_get_info_by_fd(fd, &info, &length) == 0 &&
                 (info.type == BPF_MAP_TYPE_HASH || info.type == BPF_MAP_TYPE_LRU_HASH) &&
                 info.key_size == bpf_map__key_size(map);
  int error = is_hash ? bpf_map__reuse_fd(map, fd) : 0;
  ::close(fd);
  if (is_hash && error == 0) return {};
  return base::fail(ErrorKind::kInvalid,
                    fmt::format("{} is no hash table with keys of {} bytes", path, bpf_map__key_size(map)));
}

struct NamedMap {
  bpf_map* map;
  std::string name;
};

// As the object calls them: libbpf renames those that it takes over.
std::vector<NamedMap> named_maps(bpf_object* object) {
  std::vector<NamedMap> maps;
  bpf_map* map = nullptr;
  bpf_object__for_each_map(map, object) maps.push_back({map, bpf_map__name(map)});
  return maps;
}

// A file that is in memory; none where libbpf shall read the kernel's own.
base::Fd excerpt_of_kernel_types(std::string_view object) {
  auto kernel = kernel::BtfPieces::running();
  auto types = kernel ? core_types(object, **kernel) : std::nullopt;
  if (!types) return {};
  base::Fd file(::memfd_create("sonde-types", MFD_CLOEXEC));
  if (!file.valid() || !base::write_all(file.get(), *types, "types") || !base::file_exists("/proc/self/fd")) return {};
  return file;
}

// Whoever wrote the object may have given that name to something else: what does not have the shape is not read.
int find_lost(bpf_object* object, const std::string& name) {
  const bpf_map* map = bpf_object__find_map_by_name(object, fmt::format("{}{}", spec::kLostPrefix, name).c_str());
  bool fits = map && bpf_map__type(map) == BPF_MAP_TYPE_PERCPU_ARRAY && bpf_map__key_size(map) == sizeof(uint32_t) &&
              bpf_map__value_size(map) == 2 * sizeof(uint64_t);
  return fits ? bpf_map__fd(map) : -1;
}

// The one option that objects made ahead of time ask for: libbpf would look for it in a file that containers lack.
std::string kernel_config() {
  uint32_t ticks = kernel::ticks_per_second();
  return ticks ? fmt::format("CONFIG_HZ={}\n", ticks) : std::string();
}

}  // namespace

void LoadedObject::CloseObject::operator()(bpf_object* object) const { bpf_object__close(object); }

Result<std::unique_ptr<LoadedObject>> LoadedObject::load(std::string_view object, const spec::Spec& spec,
                                                         const std::string& space, const MapOverrides& terms) {
  for (int attempt = 1;; attempt++) {
    std::unique_ptr<LoadedObject> image(new LoadedObject);
    RETURN_IF_ERROR(image->open(object));
    Status made = image->make(spec, space, terms);
    if (made) return image;
    // Someone pinned a map between our look and our own pinning: it is taken in the next round.
    bool is_late = made.error().code == EEXIST && attempt < kMaxAttempts;
    if (!is_late) return tl::unexpected(std::move(made).error());
  }
}

Status LoadedObject::open(std::string_view object) {
  prepare_libbpf();
  Capture capture;
  LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "sonde");
  types_ = excerpt_of_kernel_types(object);
  std::string path = fmt::format("/proc/self/fd/{}", types_.get());
  if (types_.valid()) options.btf_custom_path = path.c_str();
  std::string config = kernel_config();
  if (!config.empty()) options.kconfig = config.c_str();
  object_.reset(bpf_object__open_mem(object.data(), object.size(), &options));
  if (object_) return {};
  int code = errno;
  return base::fail(ErrorKind::kInvalid, fmt::format("not a BPF object that can be loaded: {}",
                                                     capture.text().empty() ? std::strerror(code) : capture.cause()));
}

Status LoadedObject::apply(const MapOverrides& terms) {
  auto find = [&](const std::string& name) { return bpf_object__find_map_by_name(object_.get(), name.c_str()); };
  if (terms.preallocates) preallocate_hashes(object_.get());
  for (const std::string& name : terms.idle) shrink(find(name));
  for (const auto& [name, entries] : terms.entries) {
    if (bpf_map* map = find(name)) bpf_map__set_max_entries(map, entries);
  }
  for (const auto& [name, path] : terms.pinned) {
    if (bpf_map* map = find(name)) RETURN_IF_ERROR(take_pinned_hash(map, path));
  }
  return {};
}

Status LoadedObject::make(const spec::Spec& spec, const std::string& space, const MapOverrides& terms) {
  size_perf_outputs(object_.get(), spec);
  RETURN_IF_ERROR(apply(terms));
  std::vector<NamedMap> maps = named_maps(object_.get());
  MapSetup supply(object_.get(), spec, space);
  RETURN_IF_ERROR(supply.before_load());
  {
    Capture capture;
    DeferredLoad deferred_load(codes_);
    if (int error = bpf_object__load(object_.get()); error != 0) return load_failed(-error, capture, spec);
  }
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, object_.get()) bpf_program__unload(program);
  RETURN_IF_ERROR(supply.after_load());
  types_.reset();
  publications_ = supply.take_publications();
  license_ = spec.license;
  for (const NamedMap& each : maps) describe_map(each.map, each.name);
  return {};
}

void LoadedObject::describe_map(bpf_map* map, std::string name) {
  if (name.starts_with(spec::kLostPrefix)) return;
  MapInfo info;
  info.name = std::move(name);
  info.fd = bpf_map__fd(map);
  info.is_internal = bpf_map__is_internal(map);
  bpf_map_info kernel_info{};
  uint32_t length = sizeof kernel_info;
  if (info.fd < 0 || bpf_obj_get_info_by_fd(info.fd, &kernel_info, &length) != 0) return;
  info.id = kernel_info.id;
  info.type = kernel_info.type;
  info.key_size = kernel_info.key_size;
  info.value_size = kernel_info.value_size;
  info.max_entries = kernel_info.max_entries;
  info.flags = kernel_info.map_flags;
  info.lost_fd = find_lost(object_.get(), info.name);
  maps_.push_back(std::move(info));
}

const Code* LoadedObject::code(std::string_view symbol) const {
  auto found = std::find_if(codes_.begin(), codes_.end(), [&](const Code& code) { return code.symbol == symbol; });
  return found == codes_.end() ? nullptr : &*found;
}

std::string LoadedObject::source_line(const Code& code, uint32_t instruction) const {
  const btf* types = bpf_object__btf(object_.get());
  const bpf_line_info* best = nullptr;
  for (uint32_t i = 0; i < code.line_info_count && types; i++) {
    auto* line = reinterpret_cast<const bpf_line_info*>(code.line_info.data() + size_t{i} * code.line_info_size);
    if (line->insn_off <= instruction && (!best || line->insn_off >= best->insn_off)) best = line;
  }
  if (!best) return {};
  const char* file = btf__name_by_offset(types, best->file_name_off);
  const char* text = btf__name_by_offset(types, best->line_off);
  std::string_view trimmed = text ? text : "";
  trimmed.remove_prefix(std::min(trimmed.find_first_not_of(" \t"), trimmed.size()));
  std::string place = fmt::format("{}:{}", file ? file : "?", BPF_LINE_INFO_LINE_NUM(best->line_col));
  return trimmed.empty() ? place : fmt::format("{}: {}", place, trimmed);
}

}  // namespace sonde::bpf
