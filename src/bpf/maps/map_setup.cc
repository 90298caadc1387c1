// Maps of an object that libbpf does not simply make: those that exist already, and maps of maps.
#include "bpf/maps/map_setup.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "bpf/maps/pinned_map.h"
#include "bpf/system/permission.h"
#include "spec/map_types.h"

namespace sonde::bpf {
namespace {

// Another size would make programs read past the end of an element, and another type answers differently.
std::string misfit(const spec::Map& map, const bpf_map* wanted, const bpf_map_info& found) {
  auto differs = [](const char* what, uint32_t has, uint32_t declared) {
    return fmt::format("its {} is {}, {} is declared", what, has, declared);
  };
  if (map.kind != spec::kExternKind && found.type != bpf_map__type(wanted)) {
    return differs("type", found.type, bpf_map__type(wanted));
  }
  const spec::MapType& type = spec::map_type(found.type);
  if (type.has_key && found.key_size != bpf_map__key_size(wanted))
    return differs("key size", found.key_size, bpf_map__key_size(wanted));
  if (type.has_value && found.value_size != bpf_map__value_size(wanted)) {
    return differs("value size", found.value_size, bpf_map__value_size(wanted));
  }
  return {};
}

// The kernel compares locks and timers in the elements' types, which only BTF shows.
bool needs_types(const bpf_object* object, const bpf_map* map) {
  const btf* types = bpf_object__btf(object);
  const btf_type* value = types ? btf__type_by_id(types, bpf_map__btf_value_type_id(map)) : nullptr;
  if (!value || !btf_is_composite(value)) return false;
  const btf_member* member = btf_members(value);
  for (uint32_t i = 0; i < btf_vlen(value); i++) {
    const btf_type* type = btf__type_by_id(types, member[i].type);
    std::string_view name = type ? btf__name_by_offset(types, type->name_off) : "";
    if (name == "bpf_spin_lock" || name == "bpf_timer") return true;
  }
  return false;
}

// Where it begins in the section of constants.
std::optional<uint32_t> place_of_constant(const btf* types, const std::string& name) {
  int32_t id = types ? btf__find_by_name_kind(types, ".rodata", BTF_KIND_DATASEC) : -1;
  const btf_type* section = id > 0 ? btf__type_by_id(types, static_cast<uint32_t>(id)) : nullptr;
  for (uint32_t i = 0; section && i < btf_vlen(section); i++) {
    const btf_var_secinfo& constant = btf_var_secinfos(section)[i];
    const btf_type* variable = btf__type_by_id(types, constant.type);
    const char* its_name = variable ? btf__name_by_offset(types, variable->name_off) : nullptr;
    if (its_name && name == its_name && constant.size == sizeof(uint32_t)) return constant.offset;
  }
  return std::nullopt;
}

}  // namespace

MapSetup::MapSetup(bpf_object* object, const spec::Spec& spec, std::string space)
    : object_(object), spec_(spec), space_(std::move(space)) {}

bpf_map* MapSetup::find(const std::string& name) const { return bpf_object__find_map_by_name(object_, name.c_str()); }

Status MapSetup::before_load() {
  // libbpf renames a map that it takes over; names are looked up before that.
  for (const spec::Map& map : spec_.maps) {
    bpf_map* target = map.inner.empty() ? nullptr : find(map.name);
    if (target) RETURN_IF_ERROR(give_example(map, target));
  }
  for (const spec::Map& map : spec_.maps) RETURN_IF_ERROR(supply(map));
  return {};
}

Status MapSetup::supply(const spec::Map& map) {
  bpf_map* target = find(map.name);
  if (!target) return {};
  if (!map.scope.empty()) to_publish_.emplace_back(&map, target);
  if (map.kind == spec::kExternKind) return take_extern(map, target);
  return map.pin_path.empty() ? Status{} : take_pinned(map, target);
}

Status MapSetup::take_extern(const spec::Map& map, bpf_map* target) {
  ASSIGN_OR_RETURN(base::Fd found, find_published_map(map.name, space_));
  if (found.valid()) return reuse(map, target, found.get(), "the published one");
  return base::fail(ErrorKind::kNotFound,
                    fmt::format("reference to undefined table: nobody in this process publishes {}", map.name),
                    "another object declares it with BPF_TABLE_PUBLIC or BPF_TABLE_SHARED, and must be loaded first");
}

Status MapSetup::take_pinned(const spec::Map& map, bpf_map* target) {
  ASSIGN_OR_RETURN(base::Fd found, open_pinned_map(map.pin_path));
  if (found.valid()) return reuse(map, target, found.get(), fmt::format("what is pinned at {}", map.pin_path));
  to_pin_.emplace_back(&map, target);
  return {};
}

Status MapSetup::reuse(const spec::Map& map, bpf_map* target, int fd, const std::string& whose) {
  bpf_map_info info{};
  uint32_t length = sizeof info;
  if (bpf_obj_get_info_by_fd(fd, &info, &length) != 0) {
    return fail_system(errno, fmt::format("map {}: cannot look at {}", map.name, whose));
  }
  if (std::string why = misfit(map, target, info); !why.empty()) {
    return base::fail(ErrorKind::kInvalid, fmt::format("map {}: {} does not fit: {}", map.name, whose, why),
                      map.pin_path.empty() ? "both objects must declare it alike"
                                           : fmt::format("declare it alike, or remove it: rm {}", map.pin_path));
  }
  if (map.kind == spec::kExternKind) tell_type(map.name, info.type);
  if (bpf_map__reuse_fd(target, fd) == 0) return {};
  return fail_system(errno, fmt::format("map {}: cannot take over {}", map.name, whose));
}

// Writes it where the program reads it (spec::kExternTypePrefix), if it does.
void MapSetup::tell_type(const std::string& name, uint32_t type) {
  size_t size = 0;
  bpf_map* constants = bpf_object__find_map_by_name(object_, ".rodata");
  const void* initial = constants ? bpf_map__initial_value(constants, &size) : nullptr;
  auto at = initial ? place_of_constant(bpf_object__btf(object_), fmt::format("{}{}", spec::kExternTypePrefix, name))
                    : std::nullopt;
  if (!at || *at > size || size - *at < sizeof type) return;
  std::string bytes(static_cast<const char*>(initial), size);
  std::memcpy(bytes.data() + *at, &type, sizeof type);
  bpf_map__set_initial_value(constants, bytes.data(), bytes.size());
}

Status MapSetup::give_example(const spec::Map& outer, bpf_map* target) {
  const spec::Map* inner = nullptr;
  for (const spec::Map& map : spec_.maps) {
    if (map.name == outer.inner) inner = &map;
  }
  const bpf_map* shape = inner ? find(inner->name) : nullptr;
  if (!shape)
    return base::fail(ErrorKind::kInvalid,
                      fmt::format("map {}: the object has no inner map {}", outer.name, outer.inner));
  if (!inner->inner.empty()) {
    return base::fail(ErrorKind::kInvalid, fmt::format("inner map {} has inner map {}", inner->name, inner->inner));
  }
  base::Fd example;
  if (inner->kind == spec::kExternKind) {
    ASSIGN_OR_RETURN(example, find_published_map(inner->name, space_));
  }
  if (!example.valid()) {
    ASSIGN_OR_RETURN(example, make_example(shape));
  }
  if (bpf_map__set_inner_map_fd(target, example.get()) != 0) {
    return fail_system(errno, fmt::format("map {}: cannot hold maps like {}", outer.name, inner->name));
  }
  examples_.push_back(std::move(example));
  return {};
}

Result<base::Fd> MapSetup::make_example(const bpf_map* inner) {
  LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = bpf_map__map_flags(inner));
  base::Fd types;
  if (spec::map_type(bpf_map__type(inner)).is_local_storage || needs_types(object_, inner)) {
    uint32_t size = 0;
    const void* bytes = btf__raw_data(bpf_object__btf(object_), &size);
    types.reset(bytes ? bpf_btf_load(bytes, size, nullptr) : -1);
    if (!types.valid()) return fail_system(errno, "cannot load the types of the object's maps");
    options.btf_fd = static_cast<uint32_t>(types.get());
    options.btf_key_type_id = bpf_map__btf_key_type_id(inner);
    options.btf_value_type_id = bpf_map__btf_value_type_id(inner);
  }
  int fd = bpf_map_create(bpf_map__type(inner), nullptr, bpf_map__key_size(inner), bpf_map__value_size(inner),
                          bpf_map__max_entries(inner), &options);
  if (fd < 0) return fail_system(errno, fmt::format("cannot make an inner map like {}", bpf_map__name(inner)));
  return base::Fd(fd);
}

Status MapSetup::after_load() {
  for (const auto& [map, target] : to_pin_) {
    auto pinned = pin_map(bpf_map__fd(target), map->pin_path);
    if (!pinned) return tl::unexpected(base::in_context(fmt::format("map {}", map->name), pinned.error()));
  }
  for (const auto& [map, target] : to_publish_) {
    ASSIGN_OR_RETURN(Publication made, publish_map(map->name, bpf_map__fd(target), map->scope == "shared", space_));
    publications_.push_back(std::move(made));
  }
  return {};
}

}  // namespace sonde::bpf
